// The database of accounts goes away in the middle of the party: races go on, everybody is told plainly what
// cannot be done, and when it is back every heat is recorded once.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

import { signUp } from '../support/player.js';
import { startPostgres } from '../support/postgres.js';
import { built } from '../support/process.js';
import { startServer } from '../support/server.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const command = process.env.TAP_RACER_BINARY ?? built('tap-racer');
const count = (text, words) => text.split(words).length - 1;

/** Two with accounts in a room of their own. */
async function party(server) {
  const made = await fetch(`${server.origin}/api/rooms`, { method: 'POST' });
  const { room, host } = await made.json();
  const players = [await signUp(server, 'Ada'), await signUp(server, 'Bo')];
  const clients = await Promise.all(players.map((player) => player.connect()));
  const screen = await clients[0].join(`console:${room}`, { host });
  const phones = [];
  for (const [index, client] of clients.entries()) {
    const { name } = players[index].account;
    const phone = await client.join(`play:${room}`, () => ({ name, seat: phones[index]?.reply.seat }));
    phones.push(phone);
  }
  let ran = 0;
  return {
    players,
    /** A heat up to its final results, which Ada wins. */
    async race() {
      await screen.ask('start', { rules: { mode: 'sprint', taps: 10, countdown: 0, max_taps_per_second: 0 } });
      const runs = (change) => change.phase === 'running' && change.heat > ran;
      const [{ heat }] = await Promise.all(phones.map((phone) => phone.heard('phase', runs)));
      ran = heat;
      phones[0].channel.push('tap', { heat, n: 10, last: true });
      phones[1].channel.push('tap', { heat, n: 5, last: true });
      const results = await screen.heard('results', (results) => results.heat === heat && results.final);
      assert.equal(results.places[0].name, 'Ada');
    },
    close: () => Promise.all(clients.map((client) => client.close())),
  };
}

async function racesOf(player) {
  const response = await player.send('GET', `/api/players/${player.account.name}`);
  return response.ok ? (await response.json()).stats.races : undefined;
}

async function isRefused(answer) {
  const response = await answer;
  assert.equal(response.status, 503);
  assert.deepEqual(await response.json(), { reason: 'accounts are unavailable' });
}

describe('heats go on and are recorded once', () => {
  test('while PostgreSQL is stopped, and the server is killed, and both are started again', { timeout: 120_000 }, async (t) => {
    const postgres = await startPostgres();
    t.after(postgres.remove);
    const server = await startServer({ args: ['--database-url', postgres.url] });
    t.after(server.stop);
    const { players, race, close } = await party(server);
    const [ada, bo] = players;
    await race();
    await until('the first heat is recorded', async () => (await racesOf(ada)) === 1);

    await postgres.stop();
    await race();
    await race();
    await isRefused(ada.send('POST', '/api/account', { name: 'Cy', password: 'correct horse battery' }));
    await isRefused(ada.send('GET', '/api/players/Ada'));
    assert.equal(count(server.log(), 'accounts are unavailable'), 1, server.log());

    await postgres.start();
    await until('what was raced meanwhile is recorded', async () => (await racesOf(ada)) === 3);
    await until('it is told', () => count(server.log(), 'accounts are available again') === 1);

    await postgres.stop();
    await race();
    await server.kill();
    await server.restart();
    await race();
    await postgres.start();
    await until('also what an earlier process has left', async () => (await racesOf(ada)) === 5);

    for (const player of [ada, bo]) {
      const { races } = await player.get(`/api/players/${player.account.name}/races`);
      assert.deepEqual(races.map((race) => race.won), Array(5).fill(player === ada), player.account.name);
      assert.equal(new Set(races.map(({ id }) => id)).size, 5);
      const { stats } = await player.get(`/api/players/${player.account.name}`);
      assert.deepEqual([stats.races, stats.wins, stats.taps], [5, player === ada ? 5 : 0, player === ada ? 50 : 25]);
    }
    await close();
  });

  test('when the file of accounts is damaged, until a backup is brought back', { timeout: 120_000 }, async (t) => {
    const server = await startServer();
    t.after(server.stop);
    const file = join(server.data, 'accounts.db');
    const backup = join(server.data, 'backup');
    const { players, race, close } = await party(server);
    const [ada] = players;
    await race();
    await until('the heat is recorded', async () => (await racesOf(ada)) === 1);
    await run(command, ['--data', server.data, 'backup', backup]);

    await server.kill();
    const damaged = await open(file, 'r+');
    await damaged.write(Buffer.alloc(4096, 'no database'), 0, 4096, 0);
    await damaged.close();
    await server.restart();
    await race();
    await isRefused(ada.send('POST', '/api/account', { name: 'Cy', password: 'correct horse battery' }));
    assert.equal(count(server.log(), 'tap-racer restore'), 1, server.log());
    const bytes = await readFile(file);
    assert.equal(bytes.toString('latin1', 0, 11), 'no database', 'it stays where it is');
    await assert.rejects(run(command, ['--data', server.data, 'restore', backup]), /is in use by a server: stop it first/);

    await server.kill();
    for (const suffix of ['', '-wal', '-shm']) await rename(`${file}${suffix}`, `${file}${suffix}.damaged`).catch(() => {});
    const { stdout } = await run(command, ['--data', server.data, 'restore', backup]);
    assert.match(stdout, /accounts: 2, races: 2/);
    await server.restart();
    await until('what was raced meanwhile is recorded', async () => (await racesOf(ada)) === 2);
    assert.equal((await ada.send('GET', '/api/session').then((it) => it.json())).account, null, 'all log in again');
    await close();
  });
});
