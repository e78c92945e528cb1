// Keeps a page's idea of the server's clock true: several exchanges at once, some more now and then.
import type { Channel } from 'phoenix';
import { type Clock, localNow } from './clock';
import { isOpen } from './live';
import type { Synced } from './wire';

const exchangesAtOnce = 6;
const exchangeGap = 130;
const exchangeEvery = 20_000;

export class ClockSync {
  readonly #clock: Clock;
  readonly #channel: () => Channel | null;

  constructor(clock: Clock, channel: () => Channel | null) {
    this.#clock = clock;
    this.#channel = channel;
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') return;
      clock.forget();
      this.measure();
    });
    setInterval(() => this.measure(2), exchangeEvery);
  }

  measure(times = exchangesAtOnce): void {
    const channel = this.#channel();
    if (!isOpen(channel) || document.visibilityState === 'hidden') return;
    const asked = localNow();
    channel.push('sync', { t0: Math.round(asked) }).receive('ok', ({ now }: Synced) => {
      this.#clock.add({ asked, answered: localNow(), now });
      if (times > 1) setTimeout(() => this.measure(times - 1), exchangeGap);
    });
  }
}
