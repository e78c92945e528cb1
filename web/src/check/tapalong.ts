// The television's delay, from how late a person taps along to what it shows.
import { median, scatter } from './statistics';

/** Milliseconds from beat to beat: a walking pace, and far more than any television is late. */
export const interval = 600;
/** Beats to find the pace, which do not count, and beats that do. */
export const countIn = 4;
export const counted = 16;

/** Who taps along to a beat is a little ahead of it, and does not know. */
const ahead = 30;
/** The earliest that a tap can be and still belong to its own beat, not to the one before. */
const earliest = -150;
const fewest = 10;
const evenEnough = 40;
/** What people cannot see; a delay is no finer than this. */
const grain = 5;

export type Outcome = { delay: number } | { problem: 'few' | 'uneven' };

/** By how much each tap missed its beat; those of the count-in are left out. */
export function offsets(taps: readonly number[], firstBeat: number): number[] {
  const from = firstBeat + countIn * interval + earliest;
  const to = from + counted * interval;
  return taps.filter((tap) => tap >= from && tap < to).map((tap) => ((tap - from) % interval) + earliest);
}

export function outcomeOf(offsets: readonly number[]): Outcome {
  if (offsets.length < fewest) return { problem: 'few' };
  if (scatter(offsets) > evenEnough) return { problem: 'uneven' };
  return { delay: Math.max(0, Math.round((median(offsets) + ahead) / grain) * grain) };
}
