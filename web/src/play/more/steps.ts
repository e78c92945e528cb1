// What the kinds of input that need no fast finger have in common.

/** How good one press was; each kind says what it is worth. */
export type Grade = 'perfect' | 'good' | 'fair' | 'off';

/** The first of the widths that the distance is within. */
export function gradeOf(distance: number, widths: Record<Exclude<Grade, 'off'>, number>): Grade {
  const grades = ['perfect', 'good', 'fair'] as const;
  return grades.find((grade) => Math.abs(distance) <= widths[grade]) ?? 'off';
}

/**
 * As many of `steps` as the rules' human limit leaves, so that the server refuses none: it allows
 * so many a second since the gun, and a third of a second's worth in advance.
 */
export function withinLimit(steps: number, made: number, sinceGun: number, perSecond: number): number {
  if (perSecond === 0) return steps;
  const allowed = Math.max(leastInAdvance, perSecond / 3) + (perSecond * Math.max(0, sinceGun)) / 1000;
  return Math.max(0, Math.min(steps, Math.floor(allowed) - made));
}

const leastInAdvance = 10;
