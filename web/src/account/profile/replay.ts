// A recorded run, to be shown again: how long it takes, and where its runner is.
import { runAt } from '../../motion';
import { clamp } from '../../race';
import type { RaceRecord, Trace } from '../../pages/records';
import type { Rules } from '../../wire';

export interface Run {
  run: RaceRecord;
  points: Trace;
}

/** When the run is over: at its finish, at the whistle, or with its last tap. */
export function lasts({ run, points }: Run): number {
  const last = points[points.length - 1]?.[0] ?? 0;
  if (run.rules.mode === 'timed') return run.rules.seconds * 1000;
  return Math.max(run.time ?? 0, last);
}

export function tapsOf({ run, points }: Run): number {
  return Math.max(run.taps, points[points.length - 1]?.[1] ?? 0);
}

/** Whole taps at a moment: between two of them the runner is on the way to the next. */
export function tapsAt({ points }: Run, at: number): number {
  return Math.floor(runAt(points, at) + 1e-6);
}

/** How far along the track so many taps are, 0 to 1; `most` are the taps of the best of those who run here. */
export function along(rules: Rules, taps: number, most: number): number {
  const course = rules.mode === 'sprint' ? rules.taps : most;
  return course > 0 ? clamp(taps / course) : 0;
}

/** The corners of the line that a run draws: from the gun to its end, where it holds what it has. */
export function lineOf(one: Run, until: number): Trace {
  return [[0, 0], ...one.points, [until, tapsOf(one)]];
}
