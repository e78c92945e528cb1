// A profile as it changes: pure functions from one to the next.
import { isTimed, type GameRecord, type KindRecord, type Profile, type RaceRecord, type Stats } from '../../pages/records';

export interface RaceEvent {
  race: RaceRecord;
  stats: Stats;
  /** The kinds of rules that it changed. */
  rules: KindRecord[];
  /** The keys of those in which it was a personal best. */
  bests: string[];
}

export interface ScoreEvent {
  game: string;
  score: number;
  best: number;
  /** How often it was played, this time included. */
  count: number;
}

/** Points of a plot: more would not be told apart. */
const points = 200;

/** What a run adds to the plot of its kind: a time or taps, or nothing when it came to nothing. */
export function resultOf(race: RaceRecord): number | null {
  if (isTimed(race.rules)) return race.time ?? null;
  return race.taps > 0 ? race.taps : null;
}

/** Whether it is better than what there was: a first result is no improvement. */
export function isImprovement(before: Profile, { race, bests }: RaceEvent): boolean {
  const kind = before.rules.find(({ key }) => key === race.key);
  return bests.includes(race.key) && (kind?.best_time ?? kind?.best_taps ?? null) !== null;
}

/** Each run counts once, however often it is told. */
export function withRace(profile: Profile, { race, stats, rules }: RaceEvent): Profile {
  if (profile.races.some(({ id }) => id === race.id)) return { ...profile, stats };
  const changed = new Map(rules.map((kind) => [kind.key, kind]));
  const known = profile.rules.map((kind) => changed.get(kind.key) ?? kind);
  const fresh = rules.filter(({ key }) => !profile.rules.some((kind) => kind.key === key));
  const result = resultOf(race);
  const line = profile.progress[race.key] ?? [];
  return {
    ...profile,
    stats,
    rules: [...known, ...fresh],
    races: [race, ...profile.races],
    progress: result === null ? profile.progress : { ...profile.progress, [race.key]: [...line, [race.finished_at, result] as [number, number]].slice(-points) },
  };
}

export function withScore(profile: Profile, { game, score, best, count }: ScoreEvent): Profile {
  const after: GameRecord = { game, last: score, best, count };
  const isKnown = profile.games.some((known) => known.game === game);
  return { ...profile, games: isKnown ? profile.games.map((known) => (known.game === game ? after : known)) : [...profile.games, after] };
}

/** Older races behind those that are shown, each once. */
export function withOlder(races: RaceRecord[], older: RaceRecord[]): RaceRecord[] {
  const known = new Set(races.map(({ id }) => id));
  return [...races, ...older.filter(({ id }) => !known.has(id))];
}
