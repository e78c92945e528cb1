// The server is killed again and again while rooms race heat after heat: what was told as final is recorded
// once, none is recorded twice, and what an account has made is the sum of its runs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Topic } from '../support/live.js';
import { signUp } from '../support/player.js';
import { startPostgres } from '../support/postgres.js';
import { startServer } from '../support/server.js';

const rooms = 8;
const heats = 25;
const leastKills = 8;
const seed = 20261120;

/** The same moments each time: https://en.wikipedia.org/wiki/Xorshift */
function generator(state) {
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** No two heats of a room have the same: a run tells by its rules of which heat it is. */
function rulesOf(heat) {
  const number = heat - 1;
  const [input, false_start] = [['tap', 'hold', 'rhythm'][Math.floor(number / 8) % 3], number < 24 ? 'ignore' : 'penalty'];
  return { mode: 'sprint', taps: 3 + (number % 8), countdown: 0, input, false_start };
}

function keyOf(heat) {
  const { taps, input, false_start } = rulesOf(heat);
  return `sprint-${taps}${input === 'tap' ? '' : `-${input}`}${false_start === 'penalty' ? '-penalty' : ''}`;
}

/** A room in which an account and a guest race on by themselves. The account wins. */
class Room {
  told = new Set();
  topics = [];

  static async open(server, index) {
    const room = new Room();
    room.player = await signUp(server, `Racer ${index}`);
    const made = await fetch(`${server.origin}/api/rooms`, { method: 'POST' });
    const { room: code, host } = await made.json();
    room.client = await room.player.connect();
    for (const name of ['Ada', 'Bo']) await room.#sit(code, name);
    await room.#join(`console:${code}`, () => ({ host }), (reply) => {
      room.phase = reply;
      room.#hear(reply.results);
      room.#goOn();
    }, (screen) => {
      room.screen = screen;
      screen.channel.on('phase', (change) => {
        room.phase = change;
      });
      screen.channel.on('results', (results) => {
        room.#hear(results);
        room.#goOn();
      });
    });
    return room;
  }

  async #sit(code, name) {
    let seat;
    // The one who wins races for the account, the other one is a device of nobody.
    const client = name === 'Ada' ? this.client : (this.guest ??= await this.player.guest());
    const tap = (channel, { phase, heat, rules }) => {
      if (phase !== 'running' && phase !== 'finishing') return;
      channel.push('tap', { heat, n: name === 'Ada' ? rules.taps : 2, last: true });
    };
    await this.#join(`play:${code}`, () => ({ name, ...(seat && { seat }) }), (reply, { channel }) => {
      seat = reply.seat;
      tap(channel, reply);
    }, ({ channel }) => channel.on('phase', (change) => tap(channel, change)), client);
  }

  /** A topic that joins again by itself. */
  #join(topic, params, joined, begin, client = this.client) {
    const live = new Topic(client.socket.channel(topic, params));
    begin(live);
    this.topics.push(live);
    return new Promise((resolve, reject) => {
      live.channel
        .join()
        .receive('ok', (reply) => {
          joined(reply, live);
          resolve();
        })
        .receive('error', (refusal) => reject(new Error(`${topic}: ${JSON.stringify(refusal)}`)));
    });
  }

  #hear(results) {
    if (results?.final) this.told.add(results.heat);
  }

  /** Begins the next heat, unless one is on. An answer that is lost is made up for when the screen is back. */
  #goOn() {
    const { phase, heat } = this.phase;
    const isOver = phase === 'lobby' || (phase === 'finished' && this.told.has(heat));
    if (!isOver || heat >= heats || this.screen.channel.state !== 'joined') return;
    this.screen.channel.push('start', { rules: rulesOf(heat + 1) });
  }

  get isDone() {
    return this.told.size === heats;
  }

  async check() {
    const { name } = this.player.account;
    const deadline = Date.now() + 30_000;
    let profile;
    do {
      assert.ok(Date.now() < deadline, `${name}: ${profile?.stats.races} of ${heats} heats are recorded`);
      await pause(50);
      profile = await this.player.get(`/api/players/${encodeURIComponent(name)}`);
    } while (profile.stats.races < heats);
    const { races } = await this.player.get(`/api/players/${encodeURIComponent(name)}/races?limit=100`);
    const expected = Array.from({ length: heats }, (_, index) => keyOf(index + 1));
    assert.deepEqual(races.map(({ key }) => key).sort(), expected.sort(), `${name}: each heat once`);
    assert.ok(races.every(({ won, time }) => won && time >= 0), name);
    const sum = races.reduce((sum, { taps }) => sum + taps, 0);
    const { stats, rules } = profile;
    assert.deepEqual([stats.races, stats.wins, stats.podiums, stats.taps], [heats, heats, heats, sum], name);
    assert.deepEqual([stats.win_streak, stats.best_win_streak], [heats, heats], name);
    assert.deepEqual(rules.map((kind) => [kind.races, kind.wins]), Array(heats).fill([1, 1]), name);
    return races;
  }

  async leave() {
    await this.client.close();
    await this.guest.close();
  }
}

async function night(t, args) {
  const random = generator(seed);
  const server = await startServer({ args: ['--accounts-per-minute', '0', '--rooms-per-minute', '0', ...args] });
  const parties = [];
  for (let index = 1; index <= rooms; index += 1) parties.push(await Room.open(server, index));
  const toldOfAll = () => parties.reduce((sum, { told }) => sum + told.size, 0);
  const deadline = Date.now() + 150_000;
  let kills = 0;
  while (!parties.every((party) => party.isDone)) {
    assert.ok(Date.now() < deadline, `heats told after ${kills} kills: ${parties.map(({ told }) => told.size)}\n${server.log()}`);
    // After some more heats, and then at any moment.
    const due = toldOfAll() + 1 + Math.floor(12 * random());
    while (toldOfAll() < due && !parties.every((party) => party.isDone) && Date.now() < deadline) await pause(5);
    await pause(300 * random());
    await server.kill();
    kills += 1;
    await server.restart();
  }
  t.diagnostic(`${kills} kills`);
  assert.ok(kills >= leastKills, `${kills} kills`);
  let ranked = 0;
  for (const party of parties) {
    const races = await party.check();
    ranked += races.filter((race) => race.ranked).length;
    await party.leave();
  }
  // Their traces went through the crashes with them.
  assert.equal(ranked, rooms * heats, 'every run replays');
  await server.stop();
}

describe('200 heats and a server that is killed', () => {
  test('are recorded in SQLite once each', { timeout: 200_000 }, (t) => night(t, []));

  test('are recorded in PostgreSQL once each', { timeout: 200_000 }, async (t) => {
    const postgres = await startPostgres();
    await night(t, ['--database-url', postgres.url]);
    await postgres.remove();
  });
});

test('a run goes on through a crash, and comes about again tap by tap', { timeout: 60_000 }, async () => {
  const server = await startServer();
  const player = await signUp(server, 'Ada');
  const client = await player.connect();
  const screen = await client.join('console');
  const phone = new Topic(client.socket.channel('play', () => ({ name: 'Ada', seat })));
  let seat;
  let back;
  await new Promise((resolve) => {
    phone.channel.join().receive('ok', (reply) => {
      seat = reply.seat;
      resolve();
      back?.(reply);
    });
  });
  await screen.ask('start', { rules: { mode: 'sprint', taps: 60, countdown: 0 } });
  const { heat, go_at: goAt } = await phone.heard('phase', (change) => change.phase === 'running');
  const tap = async (from, to) => {
    for (let n = from; n <= to; n += 1) {
      // No finger is as steady as a clock.
      await pause(40 + 10 * (n % 4));
      phone.say('tap', { heat, n, at: Date.now() - goAt });
    }
  };
  // For longer than a second, after which a room is saved while it races.
  await tap(1, 30);
  await phone.heard('you', ({ taps }) => taps === 30);
  const crashed = Date.now() - goAt;
  await server.kill();
  const isBack = new Promise((resolve) => {
    back = resolve;
  });
  await server.restart();
  const { claimed } = await isBack;
  assert.ok(claimed > 0 && claimed <= 30, `${claimed} of 30`);
  await tap(31, 60);
  const { places } = await phone.heard('results', (results) => results.final);
  assert.equal(places[0].taps, 60);

  const recorded = await phone.heard('recorded');
  assert.deepEqual(recorded, { heat, best: true, stats: { races: 1, wins: 0 } });
  const { races } = await player.get('/api/players/Ada/races');
  assert.equal(races.length, 1);
  assert.deepEqual([races[0].ranked, races[0].replay, races[0].time], [true, true, places[0].time], JSON.stringify(races));
  const { points } = await player.get(`/api/runs/${races[0].id}`);
  assert.deepEqual(points.at(-1), [places[0].time, 60]);
  assert.ok(points.some(([at]) => at < crashed) && points.some(([at]) => at > crashed), JSON.stringify(points));
  await client.close();
  await server.stop();
});
