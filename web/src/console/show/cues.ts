// When a sound is due, as pure functions of what the screen knows.
import { clamp } from '../../race';
import type { Results } from '../../wire';

/** How early a sound is handed to the desk, so that it comes on time whatever the frames do. */
export const ahead = 120;

/** The last seconds before the gun that are counted aloud. */
const countedSteps = 5;

/** What of the countdown is due, each step once. */
export class CountdownCues {
  #last = Infinity;

  /** `left`: milliseconds to the gun. Gives the step (0 is the gun) and in how many milliseconds it is. */
  due(left: number): { step: number; in: number } | null {
    const step = Math.max(0, Math.ceil((left - ahead) / 1000));
    const ms = left - step * 1000;
    // What is long past is not made up for: a screen may have come late, or slept.
    if (step >= this.#last || step > countedSteps || ms > ahead || ms < -ahead) return null;
    this.#last = step;
    return { step, in: Math.max(0, ms) };
  }
}

const calmest = 96;
const wildest = 176;

/** The heart of a race: how fast it beats by how far the leader is and how close the next. */
export class Pulse {
  #at = 0;
  #count = 0;

  /** `now` in milliseconds of any clock. */
  isDue(now: number): boolean {
    return now + ahead >= this.#at;
  }

  /** The beat that is due, for a leader's `progress` and `lead` over the second, both 0 to 1. */
  next(now: number, progress: number, lead: number): { in: number; tension: number; strong: boolean } {
    const close = (1 - clamp(lead * 8)) * clamp(progress * 2);
    const tension = clamp(progress * 0.75 + close * 0.25);
    // After a pause it begins anew instead of catching up.
    const at = Math.max(this.#at, now);
    this.#at = at + 60_000 / (calmest + (wildest - calmest) * tension);
    this.#count += 1;
    return { in: at - now, tension, strong: this.#count % 2 === 1 };
  }
}

/** Lets so many through in so many milliseconds; a hall of people must not be a wall of noise. */
export class Sparse {
  readonly #most: number;
  readonly #within: number;
  #times: number[] = [];

  constructor(most: number, within: number) {
    this.#most = most;
    this.#within = within;
  }

  pass(now: number): boolean {
    this.#times = this.#times.filter((time) => now - time < this.#within);
    if (this.#times.length >= this.#most) return false;
    this.#times.push(now);
    return true;
  }
}

/** How a heat sounds when it is over; nothing while it is not decided, or was called off. */
export function ending(results: Results | null): 'fanfare' | 'dead heat' | 'nothing' | null {
  if (!results?.final) return null;
  switch (results.outcome) {
    case 'cancelled':
      return null;
    case 'no_taps':
    case 'abandoned':
      return 'nothing';
    default:
      return results.team != null || results.winner !== null ? 'fanfare' : 'dead heat';
  }
}
