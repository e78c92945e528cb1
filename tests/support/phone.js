// A phone in a test's hand: its clock is wrong, its network is slow, and its owner taps as people do.
import { setTimeout as after } from 'node:timers/promises';
import WebSocket from 'ws';

import { Client } from './live.js';

/** Numbers between 0 and 1 that are the same in every run. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A network on which everything takes `up` ms to the server and `down` ms back, in order. */
function slow(up, down, sent) {
  return class extends WebSocket {
    send(message) {
      setTimeout(() => {
        sent(message);
        if (this.readyState === WebSocket.OPEN) super.send(message);
      }, up);
    }

    get onmessage() {
      return super.onmessage;
    }

    set onmessage(hear) {
      super.onmessage = (message) => setTimeout(hear, down, message);
    }
  };
}

/** Waits for a moment of the true clock. */
const until = (moment) => after(Math.max(0, moment - Date.now()));

/** When each tap of somebody is made, in ms since the gun: a reaction, then intervals that scatter. */
export function fingers(draw, taps, { reaction = 180, interval }) {
  const scatter = () => draw() + draw() + draw() - 1.5;
  let at = reaction + 60 * draw();
  return Array.from({ length: taps }, (_, index) => {
    if (index > 0) at += interval * (1 + 0.25 * scatter());
    return at;
  });
}

export class Phone {
  /** By how much its estimate of the server's clock is wrong, which the phone cannot know. */
  clockError = Infinity;

  /** `skew` is how far its own clock is ahead of everybody's. */
  constructor(server, { name, up = 0, down = 0, skew = 0 }) {
    Object.assign(this, { name, up, down, skew });
    this.sent = [];
    const network = slow(up, down, (message) => this.sent.push({ message, at: Date.now() }));
    this.client = new Client(server.socket, {}, network);
  }

  async join(topic) {
    let seat;
    this.seat = await this.client.join(topic, () => ({ name: this.name, alive: 1000, seat }));
    ({ seat } = this.seat.reply);
    await this.#measureClock();
  }

  /** The best of several exchanges, as the pages do it. */
  async #measureClock() {
    const local = () => performance.timeOrigin + performance.now() + this.skew;
    let best = { trip: Infinity };
    for (let times = 0; times < 5; times += 1) {
      const asked = local();
      const { now } = await this.seat.ask('sync', { t0: Math.round(asked) });
      const trip = local() - asked;
      if (trip < best.trip) best = { trip, offset: now - asked - trip / 2 };
    }
    // Whose own clock is `skew` ahead needs an offset of just as much back.
    this.clockError = best.offset + this.skew;
  }

  /**
   * Races the next heat: taps at these times, which are since the gun by this phone's clock and told as
   * such. What lies at or after `end` is not said, as the heat is over by then.
   */
  async race(times, end = Infinity) {
    const { heat, go_at: goAt } = await this.seat.heard('phase', ({ phase, heat }) => phase === 'countdown' && heat > (this.heat ?? 0));
    this.heat = heat;
    const made = times.filter((at) => at < end);
    for (const [index, at] of made.entries()) {
      await until(goAt + at - this.clockError);
      const last = index + 1 === made.length;
      this.seat.say('tap', { heat, n: index + 1, at: Math.round(at), ...(last && { last }) });
    }
    this.taps = made.length;
    // By the true clock.
    this.done = made.at(-1) - this.clockError;
    this.goAt = goAt;
  }

  /** When its claim of so many taps set out for the server, since the gun by the true clock. */
  delivered(taps) {
    const claim = ({ message }) => {
      const [, , , event, payload] = JSON.parse(message);
      return event === 'tap' && payload.heat === this.heat && payload.n === taps;
    };
    return this.sent.find(claim).at - this.goAt;
  }

  close() {
    return this.client.close();
  }
}
