// The server's clock, as seen from here.

/** One exchange: asked at `asked`, answered at `answered` (local), the server said `now`. */
export interface Sample {
  asked: number;
  answered: number;
  now: number;
}

/** Milliseconds to add to the local clock to get the server's. */
export function offsetOf(sample: Sample): number {
  return sample.now - (sample.asked + sample.answered) / 2;
}

const kept = 12;

/**
 * Keeps the exchange with the shortest round trip: half of it bounds the error. Old exchanges
 * fall out, because clocks drift apart.
 */
export class Clock {
  #samples: Sample[] = [];
  #offset = 0;
  #rough = true;
  #guessed = false;
  #error = Infinity;

  /**
   * The best guess without an exchange: `now` as it arrived. It is late by the time it travelled,
   * never early, so of several the largest is nearest.
   */
  guess(now: number, local = localNow()): void {
    if (!this.#rough) return;
    this.#offset = this.#guessed ? Math.max(this.#offset, now - local) : now - local;
    this.#guessed = true;
  }

  add(sample: Sample): void {
    this.#rough = false;
    this.#samples = [...this.#samples, sample].slice(-kept);
    const best = this.#samples.reduce((a, b) => (roundTrip(b) < roundTrip(a) ? b : a));
    this.#offset = offsetOf(best);
    this.#error = roundTrip(best) / 2;
  }

  /** After sleep the two clocks may have parted: what was measured before counts no more. */
  forget(): void {
    this.#samples = [];
    this.#rough = true;
    this.#guessed = false;
    this.#error = Infinity;
  }

  get offset(): number {
    return this.#offset;
  }

  /** The offset is right to within this many milliseconds. */
  get error(): number {
    return this.#error;
  }

  /** The server's time at a local time. */
  at(local = localNow()): number {
    return local + this.#offset;
  }
}

function roundTrip(sample: Sample): number {
  return sample.answered - sample.asked;
}

/** Unix milliseconds with fractions, which no adjustment of the system clock can make jump. */
export function localNow(): number {
  return performance.timeOrigin + performance.now();
}

/** When the finger came down, which is a little before the page is told. */
export function momentOf(event: Event): number {
  const late = performance.now() - event.timeStamp;
  // Some browsers count the timestamp from elsewhere; then "now" is the better truth.
  return localNow() - (late >= 0 && late < 250 ? late : 0);
}
