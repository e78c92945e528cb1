// The one connection a page has. phoenix.js reconnects and rejoins by itself; this module makes it
// quick about it, and notices connections that died without a word.
import { LongPoll, Socket, type Channel, type SocketConnectOption } from 'phoenix';
import type { Refusal } from './wire';

const steps = [100, 300, 700, 1500, 3000];

/** Short waits with jitter, so that a hall of phones does not come back in one instant. */
function wait(tries: number): number {
  const step = steps[Math.min(tries, steps.length) - 1] ?? 3000;
  return step * (0.75 + Math.random() * 0.5);
}

const proofWithin = 2000;

export class Live {
  readonly #socket: Socket;
  #lastHeard = 0;
  #proving = false;

  constructor(onConnected: (connected: boolean) => void) {
    this.#socket = new Socket('/socket', {
      reconnectAfterMs: wait,
      rejoinAfterMs: wait,
      heartbeatIntervalMs: 15_000,
      timeout: 8_000,
      // Some networks let no WebSocket through: then it is long poll.
      longPollFallbackMs: 3_000,
    });
    this.#socket.onOpen(() => {
      // Where one WebSocket got through, the next one will: a network that is away for a moment must
      // not leave the rest of the evening to long poll.
      const socket = this.#socket as Socket & Pick<SocketConnectOption, 'transport' | 'longPollFallbackMs'>;
      if (socket.transport !== LongPoll) socket.longPollFallbackMs = 0;
      onConnected(true);
    });
    this.#socket.onClose(() => onConnected(false));
    this.#socket.onError(() => onConnected(this.#socket.isConnected()));
    this.#socket.onMessage(() => {
      this.#lastHeard = performance.now();
    });
    this.#socket.connect();

    const wake = () => {
      if (document.visibilityState === 'visible') this.prove();
    };
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    window.addEventListener('pageshow', wake);
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
  prove(): void {
    if (this.#proving) return;
    if (!this.connected) {
      this.#reconnect();
      return;
    }
    this.#proving = true;
    const asked = performance.now();
    this.#socket.ping(() => undefined);
    setTimeout(() => {
      this.#proving = false;
      if (this.#lastHeard < asked) this.#reconnect();
    }, proofWithin);
  }

  #reconnect(): void {
    if (this.#socket.connectionState() === 'connecting') return;
    this.#socket.disconnect();
    this.#socket.connect();
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

/** Pushes, and gives the refusal's reason, or null when it was taken. */
export function ask(channel: Channel, event: string, payload: object = {}): Promise<string | null> {
  return new Promise((resolve) => {
    channel
      .push(event, payload)
      .receive('ok', () => resolve(null))
      .receive('error', (refusal: Refusal) => resolve(refusal?.reason ?? ''))
      .receive('timeout', () => resolve('no answer from the server'));
  });
}
