// What is kept of races: as the server tells it, and in words.
import { number, t } from '../i18n';
import { raceTime } from '../race';
import type { Rules } from '../wire';

/** One run of one race. */
export interface RaceRecord {
  id: number | string;
  /** The kind of rules, as text that is the same for the same rules. */
  key: string;
  rules: Rules;
  finished_at: number;
  place: number;
  of: number;
  taps: number;
  time?: number | null;
  margin?: number | null;
  /** Taps per second. */
  rate: number;
  refused: number;
  dead_heat: boolean;
  won: boolean;
  /** Whether it may stand on a leaderboard. */
  ranked: boolean;
  why_unranked?: string | null;
  /** Whether its taps are kept to be replayed. */
  replay: boolean;
}

export interface Stats {
  races: number;
  wins: number;
  podiums: number;
  taps: number;
  win_streak: number;
  best_win_streak: number;
  day_streak: number;
  best_day_streak: number;
}

/** All runs of a player under the same rules. */
export interface KindRecord {
  key: string;
  rules: Rules;
  races: number;
  wins: number;
  best_time?: number | null;
  best_taps?: number | null;
  best_rate: number;
  best_run?: RaceRecord['id'] | null;
}

export interface GameRecord {
  game: string;
  last: number;
  best: number;
  count: number;
}

/** When, and the time or the taps. */
export type Progress = [finishedAt: number, result: number][];

export interface Profile {
  name: string;
  made: number;
  stats: Stats;
  rules: KindRecord[];
  races: RaceRecord[];
  games: GameRecord[];
  progress: Record<string, Progress>;
}

/** How a run went: taps at milliseconds since the gun. */
export type Trace = [t: number, taps: number][];

/** Whether a result under these rules is a time, of which less is better. */
export function isTimed(rules: Rules): boolean {
  return rules.mode === 'sprint';
}

/** A result under these rules, in words. */
export function resultText(rules: Rules, result: number): string {
  return isTimed(rules) ? raceTime(result) : t('taps', { n: result });
}

export function rateText(rate: number): string {
  return t('rate', { n: number(rate, { minimumFractionDigits: 2, maximumFractionDigits: 2 }) });
}
