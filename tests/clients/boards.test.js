// Races of people with accounts, by the official client: who looks at a board or at their own page sees
// them as they are recorded, and anybody can look them up.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Client } from '../support/live.js';
import { signUp } from '../support/player.js';
import { startServer } from '../support/server.js';

let server;
const open = [];

before(async () => {
  server = await startServer({ args: ['--accounts-per-minute', '0'] });
});

after(async () => {
  await Promise.all(open.map((client) => client.close()));
  await server.stop();
});

async function join(connecting, topic, params) {
  const client = await connecting;
  open.push(client);
  return client.join(topic, params);
}

const guest = () => new Client(server.socket);

/** A room with a host and one phone of each player. Gives what runs its heat: so many taps of each. */
async function party(...players) {
  const { room, host } = await (await fetch(`${server.origin}/api/rooms`, { method: 'POST' })).json();
  const screen = await join(guest(), `console:${room}`, { host });
  const phones = [];
  for (const player of players) {
    phones.push(await join(player?.connect() ?? guest(), `play:${room}`, { name: player?.account.name ?? 'Guest' }));
  }
  return async (rules, ...taps) => {
    await screen.ask('start', { rules: { countdown: 0, ...rules } });
    const { heat } = await screen.heard('phase', ({ phase }) => phase === 'running');
    const ran = phones.map(async (phone, racer) => {
      for (let n = 1; n <= taps[racer]; n += 1) {
        await pause(60);
        phone.say('tap', { heat, n });
      }
    });
    await Promise.all(ran);
    return screen.heard('results', (results) => results.final && results.heat === heat);
  };
}

test('a race is on the board of who looks at it, on the page of whose it is, and can be looked up', async () => {
  const ada = await signUp(server, 'Ada');
  const bo = await signUp(server, 'Bo');
  const board = await join(guest(), 'board:timed-2:today');
  assert.deepEqual(board.reply, {
    key: 'timed-2', rules: board.reply.rules, period: 'today', entries: [], of: 0,
  });
  assert.equal(board.reply.rules.seconds, 2);
  const page = await join(ada.connect(), `account:${ada.account.id}`);
  assert.equal(page.reply.stats.races, 0);
  const race = await party(ada, bo, null);
  const { places } = await race({ mode: 'timed', seconds: 2 }, 8, 5, 3);
  assert.deepEqual(places.map(({ name, taps }) => [name, taps]), [['Ada', 8], ['Bo', 5], ['Guest', 3]]);

  const news = await page.heard('race');
  assert.deepEqual([news.race.taps, news.race.rate], [8, 4]);
  assert.deepEqual([news.race.place, news.race.of, news.race.ranked, news.race.replay], [1, 3, true, true]);
  assert.deepEqual([news.stats.races, news.stats.wins, news.stats.taps], [1, 1, 8]);
  assert.deepEqual(news.bests, ['timed-2']);
  assert.deepEqual(news.rules.map(({ key, best_taps }) => [key, best_taps]), [['timed-2', 8]]);

  const told = await board.heard('board', ({ of }) => of === 2);
  assert.deepEqual(told.entries.map(({ place, name }) => [place, name]), [[1, 'Ada'], [2, 'Bo']]);
  assert.equal(told.entries[0].run, news.race.id);

  const boards = await ada.get('/api/boards');
  assert.deepEqual(boards.boards.map(({ key, runs }) => [key, runs]), [['timed-2', 2]]);
  const mine = await bo.get('/api/boards/timed-2?period=week&limit=1');
  assert.deepEqual([mine.entries.length, mine.of, mine.me.name, mine.me.place], [1, 2, 'Bo', 2]);
  const profile = await bo.get('/api/players/ada');
  assert.deepEqual(profile.races, [news.race]);
  assert.deepEqual(profile.progress, { 'timed-2': [[news.race.finished_at, 8]] });
  const { run, points } = await bo.get(`/api/runs/${news.race.id}`);
  assert.deepEqual(run, news.race);
  assert.deepEqual(points.map(([, taps]) => taps), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal((await ada.send('GET', '/api/players/Guest')).status, 404);
});

test('what is asked of boards and players amiss is answered so', async () => {
  const cy = await signUp(server, '<b>C&y</b>?');
  const profile = await cy.get(`/api/players/${encodeURIComponent('<B>c&Y</b>?')}`);
  assert.equal(profile.name, '<b>C&y</b>?');
  for (const [path, status, reason] of [
    ['/api/boards/chess', 404, 'no such board'],
    ['/api/boards/sprint-100?period=2026-W47', 400, 'period must be today, week or all'],
    ['/api/boards/sprint-100?limit=many', 400, 'limit must be a whole number'],
    ["/api/players/'%20OR%201=1--", 404, 'no such player'],
    ['/api/players/%00', 404, 'no such player'],
    ['/api/players/%ff', 404, 'no such player'],
    [`/api/players/${'x'.repeat(3000)}`, 404, 'no such player'],
    ['/api/runs/1e3', 404, 'no such run'],
    ['/api/runs/-1', 404, 'no such run'],
  ]) {
    const response = await cy.send('GET', path);
    assert.deepEqual([response.status, await response.json()], [status, { reason }], path);
  }
  await assert.rejects(join(guest(), 'board:sprint-100:ever'), /no such board/);
});

test('while the database is away there are neither boards nor players, and it is said', async () => {
  // Nobody listens there.
  const away = await startServer({ args: ['--database-url', 'postgres://nobody@127.0.0.1:1/nothing'] });
  const client = new Client(away.socket);
  try {
    for (const path of ['boards', 'boards/sprint-100', 'players/ada', 'players/ada/races', 'runs/1']) {
      const response = await fetch(`${away.origin}/api/${path}`);
      assert.deepEqual([response.status, await response.json()], [503, { reason: 'accounts are unavailable' }], path);
    }
    await assert.rejects(client.join('board:sprint-100:all'), /accounts are unavailable/);
  } finally {
    await client.close();
    await away.stop();
  }
});
