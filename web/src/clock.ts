// The server's clock, as seen from here.

/** One exchange: asked at `asked`, answered at `answered` (local), the server said `now`. */
export interface Sample {
  asked: number;
  answered: number;
  now: number;
}

const kept = 12;
/** As far as two clocks part in a second, in seconds: cheap quartz is good to some 50 millionths. */
const drift = 50e-6;

/**
 * Each exchange bounds the offset from both sides, because its answer was written neither before it
 * was asked for nor after it came. The offset is taken from the middle of what all of them allow: a
 * route that is slow now and then, or in one direction, spoils only its own bound. Bounds widen
 * with age, because clocks drift apart.
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
    // One of the clocks has been set when they contradict each other: then the newest is right.
    if (!this.#settle()) {
      this.#samples = [sample];
      this.#settle();
    }
  }

  #settle(): boolean {
    const at = this.#samples[this.#samples.length - 1]?.answered ?? 0;
    let low = -Infinity;
    let high = Infinity;
    for (const { asked, answered, now } of this.#samples) {
      const drifted = (at - answered) * drift;
      low = Math.max(low, now - answered - drifted);
      // Whole milliseconds: what says 17 may be almost 18.
      high = Math.min(high, now + 1 - asked + drifted);
    }
    if (low > high) return false;
    this.#offset = (low + high) / 2;
    this.#error = (high - low) / 2;
    return true;
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

  /** The shortest there and back of late, in milliseconds. */
  get roundTrip(): number {
    return Math.min(...this.#samples.map(({ asked, answered }) => answered - asked));
  }

  /** The server's time at a local time. */
  at(local = localNow()): number {
    return local + this.#offset;
  }
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
