// The server is killed at every moment of a race and starts again: the official client comes back by
// itself, and every tap counts once.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, Topic } from '../support/live.js';
import { startServer } from '../support/server.js';

/** How long the server is away. */
const outage = 300;
/** A phone says its count this often while it changes. */
const report = 50;

/** A topic that joins again by itself; `joins` are the answers, and `joined` is told of each. */
async function enter(server, topic, params, joined = () => {}) {
  const client = new Client(server.socket);
  const live = new Topic(client.socket.channel(topic, params));
  const joins = [];
  const first = new Promise((resolve) => {
    live.channel.join().receive('ok', (reply) => {
      joins.push(reply);
      joined(reply);
      resolve();
    });
  });
  await first;
  return { client, live, joins };
}

/** A phone as the page is one: it taps from the gun on by its own clock, whether it is connected or not. */
class Phone {
  taps = 0;
  heat = 0;
  said = 0;
  hasSaidLast = false;
  done = undefined;

  constructor(name, pace) {
    this.name = name;
    this.pace = pace;
  }

  async sit(server, room) {
    const params = () => ({ name: this.name, alive: 500, ...(this.seat && { seat: this.seat }) });
    Object.assign(this, await enter(server, `play:${room}`, params, (reply) => this.#joined(reply)));
    this.live.channel.on('phase', (change) => this.#heed(change));
    this.finger = setInterval(() => this.#tap(), this.pace);
    this.reporter = setInterval(() => this.#report(), report);
  }

  async leave() {
    clearInterval(this.finger);
    clearInterval(this.reporter);
    await this.client.close();
  }

  #joined(reply) {
    this.seat = reply.seat;
    this.racer ??= reply.racer;
    // The server may have forgotten what it had been told.
    this.said = -1;
    this.hasSaidLast = false;
    this.#heed(reply);
    this.#report();
  }

  #heed({ phase, heat, go_at, ends_at, rules }) {
    if (heat !== this.heat) Object.assign(this, { heat, taps: 0, said: 0, hasSaidLast: false, done: undefined });
    Object.assign(this, { phase, goAt: go_at, endsAt: ends_at, course: rules.taps });
  }

  /** By the phone's clock, which is the server's here. */
  get #races() {
    const now = Date.now();
    const isOver = this.phase === 'finishing' || this.phase === 'finished' || this.phase === 'lobby';
    return !isOver && now >= this.goAt && now < (this.endsAt ?? Infinity) && this.done === undefined;
  }

  #tap() {
    if (!this.#races) return;
    this.taps += 1;
    this.tappedAt = Date.now() - this.goAt;
    if (this.taps === this.course) this.done = this.tappedAt;
  }

  #report() {
    const { channel } = this.live ?? {};
    if (channel?.state !== 'joined' || !this.goAt || Date.now() < this.goAt) return;
    const last = !this.#races;
    if (this.said === this.taps && this.hasSaidLast === last) {
      if (!last) channel.push('alive', {});
      return;
    }
    channel.push('tap', { heat: this.heat, n: this.taps, at: this.tappedAt, ...(last && { last }) });
    this.said = this.taps;
    this.hasSaidLast = last;
  }
}

/** A room with a screen and three phones, of which Ada is the fastest. */
async function party(server) {
  const made = await fetch(`${server.origin}/api/rooms`, { method: 'POST' });
  const { room, host } = await made.json();
  const screen = await enter(server, `console:${room}`, { host });
  const phones = [new Phone('Ada', 20), new Phone('Bo', 30), new Phone('Cy', 40)];
  // One after the other, for their lanes.
  for (const phone of phones) await phone.sit(server, room);
  const everybody = [screen, ...phones];
  return {
    screen,
    phones,
    start: (rules) =>
      screen.live.ask('start', { rules: { countdown: 400, max_taps_per_second: 0, ...rules } }),
    /** Until the last one who sat down is on the disk, which takes a moment. */
    async written() {
      const log = join(server.data, 'tap-racer.db-wal');
      const deadline = Date.now() + 20_000;
      while (!(await readFile(log)).includes('"Cy"')) {
        assert.ok(Date.now() < deadline, 'a seat is saved');
        await pause(10);
      }
    },
    /** Until everybody has come back so many times. */
    async back(times = 1) {
      const deadline = Date.now() + 20_000;
      while (everybody.some(({ joins }) => joins.length <= times)) {
        assert.ok(Date.now() < deadline, `somebody did not come back: ${server.log()}`);
        await pause(10);
      }
    },
    async leave() {
      await Promise.all(phones.map((phone) => phone.leave()));
      await screen.client.close();
    },
  };
}

/** All final results of a heat that a screen has heard of, by event or by joining. */
function outcomes({ live, joins }, heat) {
  const isIt = (results) => results?.final && results.heat === heat;
  const heard = live.all('results').filter(isIt);
  return { heard, all: [...heard, ...joins.map(({ results }) => results).filter(isIt)] };
}

async function finalResults(screen, heat) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { all } = outcomes(screen, heat);
    if (all.length > 0) return all.at(-1);
    assert.ok(Date.now() < deadline, `no outcome: ${JSON.stringify(screen.live.all('phase').at(-1))}`);
    await pause(10);
  }
}

/** What fingers made is what the screen shows, and there was one outcome. */
async function check({ screen, phones }, heat = 1) {
  const results = await finalResults(screen, heat);
  const counts = (list) => Object.fromEntries(list.map(({ name, taps }) => [name, taps]));
  assert.deepEqual(counts(results.places), counts(phones), 'every tap counts once');
  assert.equal(results.places[0].name, 'Ada', 'the fastest one wins');
  for (const { racer, joins } of phones) assert.deepEqual(joins.at(-1).racer, racer, 'the same seat');
  const { heard, all } = outcomes(screen, heat);
  assert.ok(heard.length <= 1, 'results are told once');
  for (const other of all) assert.deepEqual(other.places, results.places, 'and stay as they are');
}

/** Runs a party on a server of its own. */
function night(name, play) {
  test(name, async () => {
    const server = await startServer();
    const guests = await party(server);
    const crash = async () => {
      await server.kill();
      await pause(outage);
      await server.restart();
    };
    try {
      await play(guests, crash, server);
    } finally {
      await guests.leave();
      await server.stop();
    }
  });
}

describe('the server is killed', { concurrency: 4 }, () => {
  night('in the lobby', async (guests, crash) => {
    await guests.written();
    await crash();
    await guests.back();
    await guests.start({ mode: 'sprint', taps: 60 });
    await check(guests);
  });

  for (const [phase, taps] of [['countdown', 60], ['running', 100], ['finishing', 60]]) {
    night(`as the ${phase} begins`, async (guests, crash) => {
      await guests.start({ mode: 'sprint', taps });
      await guests.screen.live.heard('phase', (change) => change.phase === phase);
      await crash();
      await guests.back();
      await check(guests);
    });
  }

  night('in the middle of a sprint', async (guests, crash) => {
    await guests.start({ mode: 'sprint', taps: 150 });
    await guests.screen.live.heard('tick', ({ lanes }) => lanes.some(([lane, taps]) => lane === 1 && taps > 60));
    await crash();
    await guests.back();
    await check(guests);
  });

  night('just after the finish', async (guests, crash) => {
    await guests.start({ mode: 'sprint', taps: 60 });
    await guests.screen.live.heard('results', ({ final }) => final);
    await crash();
    await guests.back();
    assert.equal(guests.screen.joins.at(-1).phase, 'finished');
    await check(guests);
    await guests.start({ mode: 'sprint', taps: 60 });
    await check(guests, 2);
  });

  night('over the end of a timed heat', async (guests, crash, server) => {
    await guests.start({ mode: 'timed', seconds: 2 });
    await guests.screen.live.heard('tick', ({ t }) => t > 1500);
    await server.kill();
    const { endsAt } = guests.phones[0];
    await pause(Math.max(0, endsAt + 200 - Date.now()));
    await server.restart();
    await guests.back();
    await check(guests);
  });

  night('five times in one race', async (guests, crash) => {
    await guests.start({ mode: 'timed', seconds: 8 });
    await guests.screen.live.heard('phase', ({ phase }) => phase === 'running');
    for (let time = 1; time <= 5; time += 1) {
      await crash();
      await guests.back(time);
    }
    await check(guests);
  });
});
