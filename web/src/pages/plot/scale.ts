// Where things stand in a plot, as pure functions: from values to pixels, and the round numbers to name.

export type Scale = (value: number) => number;
export type Point = readonly [at: number, value: number];

/** A line through both pairs. A domain without extent is drawn in the middle. */
export function linear([low, high]: Point, [from, to]: Point): Scale {
  if (high === low) return () => (from + to) / 2;
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

const nice = [1, 2, 5, 10];

/** The round step (1, 2 or 5 and zeros) that cuts an extent into about so many parts. */
export function stepOf(extent: number, parts: number): number {
  const rough = extent / Math.max(1, parts);
  const power = 10 ** Math.floor(Math.log10(rough));
  return (nice.find((step) => step * power >= rough * 0.999) ?? 10) * power;
}

/** Round numbers that enclose all values and lie evenly between: the first and the last are the domain. */
export function ticks(values: readonly number[], parts = 3, least = 0): number[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  // Values that are all the same still need a line to lie between two others.
  const step = Math.max(stepOf(high - low || Math.abs(high) || 1, parts), least);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  return Array.from({ length: last - first + 1 }, (_, i) => tidy((first + i) * step));
}

/** 0.30000000000000004 is 0.3. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** Which of `count` places along an axis get a name: the last, and evenly before it as many as fit. */
export function labelled(count: number, fit: number): number[] {
  const step = Math.max(1, Math.ceil((count - 1) / Math.max(1, fit - 1)));
  const named: number[] = [];
  for (let i = count - 1; i >= 0; i -= step) named.unshift(i);
  return named;
}

export type Better = 'higher' | 'lower';

export function isBetter(value: number, than: number, better: Better): boolean {
  return better === 'lower' ? value < than : value > than;
}

/** The index of the best value, the first of equals; -1 of none. */
export function bestOf(values: readonly number[], better: Better): number {
  return values.reduce((best, value, i) => (best < 0 || isBetter(value, values[best] as number, better) ? i : best), -1);
}

/** The best so far, after each value. */
export function record(values: readonly number[], better: Better): number[] {
  let best: number | undefined;
  return values.map((value) => (best = best === undefined || isBetter(value, best, better) ? value : best));
}

const short = (n: number) => Math.round(n * 10) / 10;

/** An SVG path from point to point. */
export function path(points: readonly Point[]): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`).join('');
}

/** The same in steps: each value holds until the next. */
export function stairs(points: readonly Point[]): string {
  return points.map(([x, y], i) => (i === 0 ? `M${short(x)} ${short(y)}` : `H${short(x)}V${short(y)}`)).join('');
}

/** The index of the point nearest to a place along the axis; -1 of none. */
export function nearest(xs: readonly number[], x: number): number {
  return xs.reduce((best, at, i) => (best < 0 || Math.abs(at - x) < Math.abs((xs[best] as number) - x) ? i : best), -1);
}
