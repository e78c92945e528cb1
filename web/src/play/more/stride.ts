// Hold: who presses runs at a steady pace while a gauge fills, and who lets go near its top gains a
// bound of steps besides. No finger has to be fast, and one switch is enough: a press too short to
// be held runs on until the next one, which lets go.
import { gradeOf, type Grade } from './steps';

/** From the press to the top, in milliseconds; past `spent` a runner is out of breath. */
export const top = 1200;
export const spent = 1600;
const stepEvery = 200;
/** A press shorter than this is a switch, not a hold. */
const shortest = 250;

const widths = { perfect: 90, good: 180, fair: 320 };
const bounds: Record<Grade, number> = { perfect: 6, good: 4, fair: 2, off: 0 };

export interface Bound {
  grade: Grade;
  steps: number;
}

/** Times are milliseconds since the gun; what is pressed before it begins with it. */
export class Stride {
  #from: number | null = null;
  #pressedAt = 0;
  #given = 0;
  #latched = false;

  get running(): boolean {
    return this.#from !== null;
  }

  /** How full the gauge is: 1 at the top, and beyond it up to `spent`. */
  fullness(at: number): number {
    return this.#from === null ? 0 : Math.max(0, Math.min(spent, at - this.#from)) / top;
  }

  /** A press; the second one of a switch is its letting go. */
  press(at: number): Bound | null {
    if (this.#latched) return this.#letGo(at);
    if (this.#from !== null) return null;
    this.#pressedAt = at;
    this.#from = Math.max(0, at);
    this.#given = 0;
    return null;
  }

  release(at: number): Bound | null {
    if (this.#from === null || this.#latched) return null;
    // Who waits for the gun with the finger down has not begun before it.
    if (at - this.#pressedAt < shortest || at <= 0) {
      if (at > 0) this.#latched = true;
      else this.#from = null;
      return null;
    }
    return this.#letGo(at);
  }

  /** The steady steps that have become due. */
  due(at: number): number {
    if (this.#from === null) return 0;
    const until = Math.max(0, Math.min(top, at - this.#from));
    const steps = Math.floor(until / stepEvery) - this.#given;
    this.#given += steps;
    return steps;
  }

  #letGo(at: number): Bound {
    const held = at - (this.#from ?? at);
    const steady = this.due(at);
    this.#from = null;
    this.#latched = false;
    const grade = gradeOf(held - top, widths);
    return { grade, steps: steady + bounds[grade] };
  }
}
