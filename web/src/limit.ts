// The human limit, as the server holds everybody to it.

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
