// Which board a page shows stands in its address, so that it can be linked, kept and reloaded.

export const periods = ['today', 'week', 'all'] as const;
export type Period = (typeof periods)[number];

export interface Shown {
  /** The kind of rules. */
  key: string;
  period: Period;
}

export const atFirst: Shown = { key: 'sprint-100', period: 'all' };

export function shownBy(search: string): Shown {
  const asked = new URLSearchParams(search);
  const key = asked.get('rules') ?? '';
  const period = asked.get('period');
  return {
    key: /^[a-z0-9-]{1,64}$/.test(key) ? key : atFirst.key,
    period: periods.find((known) => known === period) ?? atFirst.period,
  };
}

export function addressOf({ key, period }: Shown): string {
  return `?${new URLSearchParams({ rules: key, period })}`;
}

/**
 * How long until a board is looked at anew because the day has turned, at midnight UTC: all screens that
 * show one do, each at a moment of its own in the minute after it. `chance` is below one.
 */
export function untilNextDay(now: number, chance: number): number {
  const day = 24 * 3600 * 1000;
  return day - (now % day) + 1000 + chance * 60_000;
}
