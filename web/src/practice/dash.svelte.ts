// Ten seconds against oneself, by this device's own clock. Time is an argument.
import { withinLimit } from '../limit';
import type { Tapped } from '../tally';

export const lasts = 10_000;
export const countdown = 3000;
export const tapsPerSecond = 30;
/** What the human limit leaves of ten seconds; the server takes no more. */
export const mostTaps = withinLimit(Infinity, 0, lasts, tapsPerSecond);

/** The page may be told of a finger a little after it came down. */
const grace = 80;
const rateOver = 1000;

export type Stage = 'rest' | 'countdown' | 'running' | 'over';

export class Dash {
  stage = $state<Stage>('rest');
  /** Taps that count. */
  count = $state(0);
  early = $state(0);
  refused = $state(0);
  #goAt = 0;
  #times: number[] = [];

  start(now: number): void {
    this.stage = 'countdown';
    this.count = this.early = this.refused = 0;
    this.#goAt = now + countdown;
    this.#times = [];
  }

  /** Whoever looks away for a while has not raced. */
  abandon(): void {
    if (this.busy) this.stage = 'rest';
  }

  get busy(): boolean {
    return this.stage === 'countdown' || this.stage === 'running';
  }

  /** Lets time pass; true in the moment in which the race is over. */
  pass(now: number): boolean {
    if (this.stage === 'countdown' && now >= this.#goAt) this.stage = 'running';
    if (this.stage !== 'running' || now < this.#goAt + lasts + grace) return false;
    this.stage = 'over';
    return true;
  }

  tap(moment: number): Tapped {
    if (!this.busy) return 'idle';
    const at = moment - this.#goAt;
    if (at < 0) {
      this.early += 1;
      return 'early';
    }
    if (at >= lasts) return 'over';
    if (withinLimit(1, this.count, at, tapsPerSecond) === 0) {
      this.refused += 1;
      return 'early';
    }
    this.count += 1;
    this.#times.push(at);
    return 'counted';
  }

  /** Milliseconds until the gun; negative after it. */
  toGun(now: number): number {
    return this.#goAt - now;
  }

  /** What remains of the ten seconds: 1 at the gun, 0 at their end. */
  left(now: number): number {
    return Math.min(1, Math.max(0, 1 + this.toGun(now) / lasts));
  }

  /** Taps in the last second. */
  rate(now: number): number {
    const since = Math.min(-this.toGun(now), lasts) - rateOver;
    let taps = 0;
    for (let i = this.#times.length - 1; i >= 0 && (this.#times[i] ?? 0) > since; i--) taps += 1;
    return taps;
  }
}
