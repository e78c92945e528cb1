// Twenty updates a second, drawn at sixty frames: each lane is shown a little in the past, between
// the two states that are known around that moment, and eased from there.

interface Known {
  t: number;
  taps: number;
}

/** How far behind the newest update the picture runs: two updates, so that one may be late. */
export const playbackDelay = 100;
const remembered = 8;
const easing = 70;

/** One lane's taps over time. */
export class Track {
  #known: Known[] = [];
  #shown: number | null = null;

  get taps(): number {
    return this.#known[this.#known.length - 1]?.taps ?? 0;
  }

  /**
   * Taps as of `t`. An update names only lanes that changed, so up to the update before (`stillAt`)
   * the old count held.
   */
  record(t: number, taps: number, stillAt: number): void {
    const last = this.#known[this.#known.length - 1];
    if (last && t < last.t) return;
    if (last && stillAt > last.t && stillAt < t) this.#known.push({ t: stillAt, taps: last.taps });
    this.#known.push({ t, taps });
    if (this.#known.length > remembered) this.#known = this.#known.slice(-remembered);
  }

  /** Taps, with fractions, at a moment: between known states along a line, outside them held. */
  at(t: number): number {
    let before: Known | undefined;
    for (const after of this.#known) {
      if (after.t > t) {
        if (!before) return after.taps;
        return before.taps + ((after.taps - before.taps) * (t - before.t)) / (after.t - before.t);
      }
      before = after;
    }
    return before?.taps ?? 0;
  }

  /** What to draw at `t`, `dt` after the last frame; the first frame starts where the racer is. */
  show(t: number, dt: number): number {
    const aim = this.at(t);
    const from = this.#shown ?? aim;
    const left = (aim - from) * Math.exp(-dt / easing);
    this.#shown = Math.abs(left) < 0.001 ? aim : aim - left;
    return this.#shown;
  }

  get shown(): number {
    return this.#shown ?? this.taps;
  }
}

/** Maps local time to the moment to draw. The promptest update seen tells how far away the server is. */
export class Playback {
  #base = Infinity;
  #latest = 0;

  /** An update of moment `t` arrived at local time `local`. */
  heard(t: number, local: number): void {
    this.#base = Math.min(this.#base, local - t);
    this.#latest = Math.max(this.#latest, t);
  }

  /** Time of the newest update: what lanes that it did not name held until then. */
  get latest(): number {
    return this.#latest;
  }

  moment(local: number): number {
    return this.#base === Infinity ? 0 : local - this.#base - playbackDelay;
  }
}

/** How far a recorded run had come at `t`: taps with fractions, between its points along a line. */
export function runAt(trace: readonly (readonly [t: number, taps: number])[], t: number): number {
  let [low, high] = [0, trace.length];
  // The first point after `t`.
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((trace[middle]?.[0] ?? 0) > t) high = middle;
    else low = middle + 1;
  }
  const [before, after] = [trace[low - 1] ?? [0, 0], trace[low]];
  if (!after || t <= 0) return t <= 0 ? 0 : before[1];
  return before[1] + ((after[1] - before[1]) * (t - before[0])) / (after[0] - before[0]);
}
