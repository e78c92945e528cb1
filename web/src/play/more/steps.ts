// What the kinds of input that need no fast finger have in common.

/** How good one press was; each kind says what it is worth. */
export type Grade = 'perfect' | 'good' | 'fair' | 'off';

/** The first of the widths that the distance is within. */
export function gradeOf(distance: number, widths: Record<Exclude<Grade, 'off'>, number>): Grade {
  const grades = ['perfect', 'good', 'fair'] as const;
  return grades.find((grade) => Math.abs(distance) <= widths[grade]) ?? 'off';
}
