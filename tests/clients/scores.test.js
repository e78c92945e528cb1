// Scores of games on a page, by the official client: they are there at once on every page of the player, and
// stay.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Client } from '../support/live.js';
import { signUp, logIn } from '../support/player.js';
import { startServer } from '../support/server.js';

/** Accounts are made by the dozen here. */
const args = ['--accounts-per-minute', '0', '--log-ins-per-minute', '0'];

let server;
const open = [];

before(async () => {
  server = await startServer({ args });
});

after(async () => {
  await Promise.all(open.map((client) => client.close()));
  await server.stop();
});

async function page(player, topic) {
  const client = await player.connect();
  open.push(client);
  return client.join(topic);
}

describe('a score', () => {
  test('is answered, and seen at once on another page of the player, on their account and by everybody else', async () => {
    const ada = await signUp(server, 'Ada');
    const bo = await signUp(server, 'Bo <i>');
    const game = await page(ada, 'score:towers');
    assert.deepEqual(game.reply, { score: null, best: null, place: null, count: 0, top: [], history: [] });
    const other = await page(await logIn(server, 'ada'), 'score:towers');
    const account = await page(ada, `account:${ada.account.id}`);
    const rival = await page(bo, 'score:towers');
    await rival.ask('new_score', { score: 900 });
    const { at, ...stored } = await game.ask('new_score', { score: 400 });
    assert.deepEqual(stored, { score: 400, best: 400, place: 2, count: 1 });
    for (const hearer of [game, other, rival]) {
      const heard = await hearer.heard('score', ({ name }) => name === 'Ada');
      assert.deepEqual(heard, { name: 'Ada', score: 400, place: 2, at, count: 1 });
    }
    assert.deepEqual(await account.heard('score'), { game: 'towers', score: 400, best: 400, place: 2, at, count: 1 });
    const later = await page(ada, 'score:towers');
    assert.deepEqual(later.reply, {
      score: 400, best: 400, place: 2, count: 1, history: [[at, 400]],
      top: [{ name: 'Bo <i>', score: 900 }, { name: 'Ada', score: 400 }],
    });
  });

  test('is refused where it cannot be one, and the page plays on', async () => {
    const cy = await signUp(server, 'Cy');
    const game = await page(cy, 'score:practice');
    for (const score of [-1, 1.5, 311, '70', null, undefined, [70], 2 ** 60]) {
      await assert.rejects(game.ask('new_score', { score }), /bad score/, `${score}`);
    }
    assert.equal((await game.ask('new_score', { score: 70 })).count, 1);
    await assert.rejects(page(cy, "score:'; DROP TABLE scores; --"), /no such game/);
  });

  test('is an account’s: guests and others are not let in', async () => {
    const guest = new Client(server.socket);
    open.push(guest);
    await assert.rejects(guest.join('score:practice'), /unauthorized/);
    const di = await signUp(server, 'Di');
    for (const topic of ['account:1', `account:${di.account.id}`]) {
      await assert.rejects(guest.join(topic), /unauthorized/, topic);
    }
    await assert.rejects(page(di, `account:${di.account.id - 1}`), /unauthorized/);
  });

  test('is taken ten times at once from all pages of a player together, then seldom', async () => {
    const ed = await signUp(server, 'Ed');
    const pages = [await page(ed, 'score:practice'), await page(ed, 'score:towers')];
    const asked = Array.from({ length: 24 }, (_, score) => pages[score % 2].ask('new_score', { score }));
    const answers = await Promise.allSettled(asked);
    const taken = answers.filter(({ status }) => status === 'fulfilled').length;
    // One more if it took two seconds.
    assert.ok(taken === 10 || taken === 11, `${taken} were taken`);
    assert.ok(answers.every(({ status, reason }) => status === 'fulfilled' || reason.message === 'rate limited'));
  });
});

describe('a score that was answered', () => {
  for (const [how, stop] of [['stopped', async () => {}], ['killed', (server) => server.kill()]]) {
    test(`is there when the server was ${how} and starts again, and comes no second time`, async () => {
      const other = await startServer({ args });
      const clients = [];
      try {
        const fay = await signUp(other, 'Fay');
        const join = async () => {
          const client = await fay.connect();
          clients.push(client);
          return client.join('score:practice');
        };
        const game = await join();
        const first = await game.ask('new_score', { score: 61, id: 'a-1' });
        await game.ask('new_score', { score: 60 });
        await stop(other);
        await other.restart();
        const again = await join();
        const { history, ...reply } = again.reply;
        assert.deepEqual(reply, { score: 60, best: 61, place: 1, count: 2, top: [{ name: 'Fay', score: 61 }] });
        assert.deepEqual(history.map(([, score]) => score), [61, 60]);
        // The page did not hear the answer before the line broke.
        assert.deepEqual(await again.ask('new_score', { score: 61, id: 'a-1' }), { ...first, count: 2 });
        const profile = await fay.get('/api/players/fay');
        assert.deepEqual(profile.games, [{ game: 'practice', last: 60, best: 61, count: 2 }]);
      } finally {
        await Promise.all(clients.map((client) => client.close()));
        await other.stop();
      }
    });
  }
});
