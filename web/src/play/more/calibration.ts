// Five seconds of tapping, by which a racer's own course is measured.

export const lasts = 5000;

/** The first tap starts the clock and is not counted, so that n taps are n intervals. */
export class Calibration {
  #began: number | null = null;
  taps = 0;

  tap(at: number): void {
    if (this.#began === null) this.#began = at;
    else if (at - this.#began <= lasts) this.taps += 1;
  }

  /** What remains, from 1 to 0; null before the first tap. */
  left(at: number): number | null {
    return this.#began === null ? null : Math.max(0, 1 - (at - this.#began) / lasts);
  }
}
