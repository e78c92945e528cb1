// The official client in Node, with promises: what arrives can be awaited.
import { Socket } from 'phoenix';
import WebSocket from 'ws';

const patience = 20_000;

export class Client {
  /**
   * @param {string} url the socket's, such as ws://127.0.0.1:4000/socket
   * @param {typeof WebSocket} [transport] another way there than the shortest
   */
  constructor(url, params = {}, transport = WebSocket) {
    this.socket = new Socket(url, { transport, params });
    this.socket.connect();
  }

  /** Joins a topic. Gives the channel as a `Topic`, or throws the refusal's reason. */
  async join(topic, params = {}) {
    const joined = new Topic(this.socket.channel(topic, params));
    joined.reply = await joined.answer(joined.channel.join(), `join of ${topic}`);
    return joined;
  }

  close() {
    return new Promise((resolve) => this.socket.disconnect(resolve));
  }
}

/** A channel whose messages can be awaited. */
export class Topic {
  #heard = [];
  #waiting = new Set();

  constructor(channel) {
    this.channel = channel;
    const hear = channel.onMessage.bind(channel);
    // Every message of the topic passes through here on its way to the handlers.
    channel.onMessage = (event, payload, ref, joinRef) => {
      // The client answers itself for a push that it has given up, with no event.
      if (event && !event.startsWith('phx_') && !event.startsWith('chan_reply_')) {
        this.#heard.push({ event, payload });
        for (const look of this.#waiting) look();
      }
      return hear(event, payload, ref, joinRef);
    };
  }

  /** The first message of this event, come or to come, that satisfies the condition. */
  heard(event, condition = () => true) {
    const find = () => this.#heard.find((message) => message.event === event && condition(message.payload));
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (!found) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found.payload);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`no ${event} on ${this.channel.topic}; heard ${this.#heard.map(({ event }) => event)}`));
      }, patience);
      this.#waiting.add(look);
      look();
    });
  }

  /** How many messages of this event have come. */
  count(event) {
    return this.#heard.filter((message) => message.event === event).length;
  }

  /** The payloads of all messages of this event that have come. */
  all(event) {
    return this.#heard.filter((message) => message.event === event).map(({ payload }) => payload);
  }

  /** Pushes without waiting for an answer. */
  say(event, payload = {}) {
    this.channel.push(event, payload);
  }

  /** Pushes and gives the response, or throws the refusal's reason. */
  ask(event, payload = {}) {
    return this.answer(this.channel.push(event, payload), event);
  }

  answer(push, what) {
    return new Promise((resolve, reject) => {
      push
        .receive('ok', resolve)
        .receive('error', (refusal) => reject(new Error(refusal.reason)))
        .receive('timeout', () => reject(new Error(`no answer to ${what}`)));
    });
  }
}
