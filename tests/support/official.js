// The official client, unmodified, in any of its versions: as a page would use it, but in Node.
import { createRequire } from 'node:module';
import WebSocket from 'ws';
import XMLHttpRequest from 'xhr2';

import { Journal } from './journal.js';
import { Topic } from './live.js';

const require = createRequire(import.meta.url);

/**
 * A version, and what it can do.
 * @param {string} name of its package
 * @param {number} minor of the version 1.x that it can do as much as
 */
export function load(name, minor) {
  // Versions before 1.6 know no other global object.
  globalThis.window = globalThis;
  return {
    ...require(name),
    hasPresenceClass: minor >= 4,
    hasBinary: minor >= 5,
    /** Long polls: it understands that it was refused, and tries again. */
    retriesRefusedPolls: minor >= 5,
    /** Long polls: messages go one after the other, several in one request, binary ones too. */
    hasBatches: minor >= 7,
    hasFallback: minor >= 7,
    hasAuthToken: minor >= 8,
    /** Long polls: it joins its channels again when its session is gone. */
    noticesLostSessions: minor >= 8,
    /** Long polls: it does with fetch where there is no XMLHttpRequest. */
    hasFetch: minor >= 8,
  };
}

/** The ways in which a version travels. */
export function waysOf(library) {
  const websocket = { name: 'websocket', transport: WebSocket, isWebSocket: true, XMLHttpRequest };
  const polling = { name: 'longpoll', transport: library.LongPoll, XMLHttpRequest };
  const fetching = { ...polling, name: 'longpoll by fetch', XMLHttpRequest: undefined };
  return library.hasFetch ? [websocket, polling, fetching] : [websocket, polling];
}

/** One device. */
export class Client {
  happened = new Journal();

  constructor(library, url, options) {
    this.socket = new library.Socket(url, {
      // Not at once: 1.3 joins again and again until it is answered.
      reconnectAfterMs: (tries) => 200 * tries,
      rejoinAfterMs: (tries) => 200 * tries,
      ...options,
    });
    this.socket.onOpen(() => this.happened.note('open'));
    this.socket.onClose((event) => this.happened.note('close', event?.code));
    this.socket.onError((error) => this.happened.note('error', error));
    this.socket.onMessage((message) => {
      if (message.event === 'phx_close') this.happened.note(`closed ${message.topic}`);
      if (message.event === 'phx_reply') this.happened.note(`reply ${message.ref}`, message);
      if (message.topic === 'phoenix') this.happened.note('heartbeat', message.payload.status);
    });
    this.socket.connect();
  }

  /** A channel that nobody has joined yet. */
  member(topic, params = {}) {
    return new Member(this.socket.channel(topic, params));
  }

  async join(topic, params = {}) {
    const member = this.member(topic, params);
    await member.join();
    return member;
  }

  /** Sends what no channel would, and gives the reply. */
  raw(topic, event, payload = {}) {
    const ref = this.socket.makeRef();
    this.socket.push({ topic, event, payload, ref, join_ref: null });
    return this.happened.times(`reply ${ref}`);
  }

  close() {
    this.socket.disconnect();
  }
}

/** A channel, and what happens to it: `joined` (again), `error`, `close`. */
class Member extends Topic {
  happened = new Journal();

  constructor(channel) {
    super(channel);
    channel.onError((reason) => this.happened.note('error', reason));
    channel.onClose(() => this.happened.note('close'));
  }

  async join() {
    const push = this.channel.join();
    push.receive('ok', () => this.happened.note('joined'));
    this.reply = await this.answer(push, `join of ${this.channel.topic}`);
  }

  leave() {
    return this.answer(this.channel.leave(), `leave of ${this.channel.topic}`);
  }
}
