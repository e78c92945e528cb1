// Rhythm: a beat that everybody shares, counted from the gun; one press for each beat, worth the
// more the nearer it comes. What a hand, a switch or a loudspeaker is late by always is taken off.
import { gradeOf, type Grade } from './steps';

/** Milliseconds from beat to beat. */
export const every = 600;
export const beatsInABar = 4;

const widths = { perfect: 70, good: 130, fair: 200 };
const worth: Record<Grade, number> = { perfect: 6, good: 4, fair: 2, off: 1 };
const habitOf = 7;
/** More than this is no habit. */
const mostLate = 160;

export interface Press {
  grade: Grade;
  steps: number;
  /** Negative: early. In milliseconds, habit taken off. */
  off: number;
}

/** Times are milliseconds since the gun; before it there are beats to warm up with, worth nothing. */
export class Beat {
  #last = -1;
  #lateness: number[] = [];

  /** The newest beat at a time, and how far it is to the next, from 0 to 1. */
  static at(at: number): { beat: number; phase: number } {
    const beat = Math.floor(at / every);
    return { beat, phase: at / every - beat };
  }

  /** How late this player is as a rule. */
  get habit(): number {
    const sorted = [...this.#lateness].sort((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return Math.max(-mostLate, Math.min(mostLate, middle));
  }

  /** Null for a second press of the same beat, which is worth nothing. */
  press(at: number): Press | null {
    const { habit } = this;
    const beat = Math.round((at - habit) / every);
    if (beat <= this.#last && at >= 0) return null;
    const late = at - beat * every;
    this.#lateness = [...this.#lateness, late].slice(-habitOf);
    const off = late - habit;
    const grade = gradeOf(off, widths);
    if (beat < 0 || at < 0) return { grade, steps: 0, off };
    this.#last = beat;
    return { grade, steps: worth[grade], off };
  }
}
