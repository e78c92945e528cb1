// The one connection a page has. phoenix.js reconnects and rejoins by itself; this module makes it
// quick about it, and notices connections that died without a word.
import { LongPoll, Socket, type Channel, type SocketConnectOption } from 'phoenix';
import { localNow } from './clock';
import type { Refusal } from './wire';

const steps = [100, 300, 700, 1500, 3000];

/** Short waits with jitter, so that a hall of phones does not come back in one instant. */
function wait(tries: number, atMost: number): number {
  const step = steps[Math.min(tries, steps.length) - 1] ?? 3000;
  return Math.min(step * (0.75 + Math.random() * 0.5), atMost);
}

/** Within this time a living connection answers; who has just woken up is in a hurry. */
const proofWithin = 2000;
const proofWithinAfterSleep = 1000;
/** A connection that takes longer than this to open is tried anew: it may hang for minutes. */
const opensWithin = 5000;
const patrolEvery = 500;
/** The clocks of the page and of the day part by more than this only in sleep, or when one is set. */
const sleepShows = 400;

export class Live {
  readonly #socket: Socket;
  readonly #woke: (() => void) | undefined;
  #lastHeard = 0;
  #proving = false;
  #attempt: unknown = null;
  #attemptedAt = 0;
  /** The longest wait between two tries: short for who races or knocks. */
  patience = Infinity;

  /**
   * `woke` is told when the machine has slept, after which no measured time holds any more. `token` is
   * asked at every connect for what shows whose connection it is; without one it is a guest's.
   */
  constructor(onConnected: (connected: boolean) => void, woke?: () => void, token?: () => string | undefined) {
    this.#woke = woke;
    this.#socket = new Socket('/socket', {
      params: () => {
        const shown = token?.();
        return shown ? { token: shown } : {};
      },
      reconnectAfterMs: (tries) => wait(tries, this.patience),
      rejoinAfterMs: (tries) => wait(tries, this.patience),
      heartbeatIntervalMs: 15_000,
      timeout: 8_000,
      // Some networks let no WebSocket through: then it is long poll.
      longPollFallbackMs: 3_000,
      // phoenix.js throws where a browser keeps nothing for this site, and would remember a fallback
      // that a moment's failure caused.
      sessionStorage: { getItem: () => null, setItem: () => undefined },
    });
    this.#socket.onOpen(() => {
      // Where one WebSocket got through, the next one will: a network that is away for a moment must
      // not leave the rest of the evening to long poll.
      if (this.#inside.transport !== LongPoll) this.#inside.longPollFallbackMs = 0;
      onConnected(true);
    });
    this.#socket.onClose(() => onConnected(false));
    this.#socket.onError(() => onConnected(this.#socket.isConnected()));
    this.#socket.onMessage(() => {
      this.#lastHeard = performance.now();
    });
    this.#socket.connect();

    const wake = () => {
      if (document.visibilityState === 'visible') this.prove(proofWithinAfterSleep);
    };
    document.addEventListener('visibilitychange', wake);
    document.addEventListener('resume', wake);
    window.addEventListener('online', wake);
    window.addEventListener('pageshow', wake);
    // Where the browser tells of it: from Wi-Fi to the mobile network, and back.
    (navigator as { connection?: EventTarget }).connection?.addEventListener?.('change', wake);
    this.#patrol();
  }

  get #inside(): Socket & Pick<SocketConnectOption, 'transport' | 'longPollFallbackMs'> & { conn?: unknown } {
    return this.#socket as Socket & SocketConnectOption;
  }

  /** Looks after what no event tells: sleep of a page that stays in sight, and openings that hang. */
  #patrol(): void {
    const apart = () => Date.now() - localNow();
    let before = apart();
    setInterval(() => {
      const after = apart();
      if (Math.abs(after - before) > sleepShows) {
        this.#woke?.();
        this.prove(proofWithinAfterSleep);
      }
      before = after;
      if (document.visibilityState === 'visible' && this.#opensFor() > opensWithin) this.#reconnect();
    }, patrolEvery);
  }

  /** For how long the present attempt to connect has been under way; 0 when there is none. */
  #opensFor(): number {
    const { conn } = this.#inside;
    if (this.#socket.connectionState() !== 'connecting') return 0;
    if (conn !== this.#attempt) {
      this.#attempt = conn;
      this.#attemptedAt = performance.now();
    }
    return performance.now() - this.#attemptedAt;
  }

  get connected(): boolean {
    return this.#socket.isConnected();
  }

  /** Milliseconds since the server last said anything. */
  get silence(): number {
    return performance.now() - this.#lastHeard;
  }

  /**
   * Asks for a sign of life and reconnects without one. A phone that slept or changed network holds
   * a socket that looks open and is not; the heartbeat would take half a minute to find out.
   */
  prove(within = proofWithin): void {
    if (!this.connected) {
      // An attempt from before the sleep may never come to an end.
      if (this.#opensFor() > within / 2 || this.#socket.connectionState() !== 'connecting') this.#reconnect();
      return;
    }
    if (this.#proving) return;
    this.#proving = true;
    const asked = performance.now();
    this.#socket.ping(() => undefined);
    setTimeout(() => {
      this.#proving = false;
      if (this.connected && this.#lastHeard < asked) this.#reconnect();
    }, within);
  }

  #reconnect(): void {
    this.#attempt = null;
    this.#socket.disconnect();
    this.#socket.connect();
  }

  /**
   * Shows another token at once, where the next try would not: on a connection that stands, or after a
   * refusal, which says nothing against WebSockets.
   */
  renewed(): void {
    if (!this.connected && this.#inside.transport !== LongPoll) return;
    this.#inside.transport = WebSocket;
    this.#reconnect();
  }

  /**
   * Joins a topic and keeps it joined. `joined` runs after every join, the first and each later one;
   * params are asked for anew each time. A refusal is tried again while `refused` says so.
   */
  join<Reply>(topic: string, options: {
    params: () => object;
    joined: (reply: Reply) => void;
    refused: (refusal: Refusal) => 'retry' | 'end';
    lost?: () => void;
    closed?: () => void;
    events: Record<string, (payload: never) => void>;
  }): Channel {
    const channel = this.#socket.channel(topic, options.params as unknown as object);
    for (const [event, handle] of Object.entries(options.events)) {
      channel.on(event, (payload) => handle(payload as never));
    }
    channel.onError(() => options.lost?.());
    channel.onClose(() => options.closed?.());
    channel
      .join()
      .receive('ok', (reply) => options.joined(reply as Reply))
      .receive('error', (refusal: Refusal) => {
        if (options.refused(refusal ?? {}) === 'end') channel.leave();
      });
    return channel;
  }
}

/** Whether a push would leave now; phoenix.js keeps others for later, which stale ones must not. */
export function isOpen(channel: Channel | null): channel is Channel {
  return channel?.state === 'joined';
}

/** Pushes, and gives the answer; a refusal's reason is thrown as it is. */
export function call<Reply>(channel: Channel, event: string, payload: object = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    channel
      .push(event, payload)
      .receive('ok', (reply) => resolve(reply as Reply))
      .receive('error', (refusal: Refusal) => reject(refusal?.reason ?? ''))
      .receive('timeout', () => reject('no answer from the server'));
  });
}

/** Pushes, and gives the refusal's reason, or null when it was taken. */
export function ask(channel: Channel, event: string, payload: object = {}): Promise<string | null> {
  return call(channel, event, payload).then(
    () => null,
    (reason: string) => reason,
  );
}
