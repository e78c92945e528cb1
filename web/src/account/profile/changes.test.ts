import { describe, expect, it } from 'vitest';
import type { Profile, RaceRecord } from '../../pages/records';
import { isImprovement, withOlder, withRace, withScore } from './changes';

const stats = { races: 1, wins: 0, podiums: 0, taps: 10, win_streak: 0, best_win_streak: 0, day_streak: 1, best_day_streak: 1 };
const rules = { mode: 'sprint', taps: 100 } as const;
const race = (id: number, more: Partial<RaceRecord> = {}): RaceRecord => ({
  id, key: 'sprint-100', rules, finished_at: id * 1000, place: 1, of: 2, taps: 100, time: 9000, rate: 11.1,
  refused: 0, dead_heat: false, won: true, ranked: true, replay: true, ...more,
});
const kind = { key: 'sprint-100', rules, races: 1, wins: 1, best_time: 9000, best_rate: 11.1 };
const empty: Profile = { name: 'Ada', made: 0, stats, rules: [], races: [], games: [], progress: {} };
const told = (run: RaceRecord) => ({ race: run, stats: { ...stats, races: run.id as number }, rules: [{ ...kind, races: run.id as number }], bests: [] });

describe('a race that comes in', () => {
  it('stands first in the history, in the figures, among the kinds and at the end of its plot', () => {
    const once = withRace(empty, told(race(1)));
    const twice = withRace(once, told(race(2, { time: 8000 })));
    expect(twice.races.map(({ id }) => id)).toEqual([2, 1]);
    expect(twice.stats.races).toBe(2);
    expect(twice.rules.map(({ races }) => races)).toEqual([2]);
    expect(twice.progress['sprint-100']).toEqual([[1000, 9000], [2000, 8000]]);
  });

  it('counts once, however often it is told', () => {
    const once = withRace(empty, told(race(1)));
    expect(withRace(once, told(race(1)))).toEqual(once);
  });

  it('adds nothing to a plot when it came to nothing', () => {
    const gone = withRace(empty, told(race(1, { time: null })));
    expect(gone.races).toHaveLength(1);
    expect(gone.progress).toEqual({});
  });
});

it('a personal best is better than another, so that a first race is none', () => {
  const best = (id: number) => ({ ...told(race(id)), bests: ['sprint-100'] });
  const gone = { ...empty, rules: [{ ...kind, best_time: null }] };
  const once = withRace(empty, best(1));
  expect([isImprovement(empty, best(1)), isImprovement(gone, best(1))]).toEqual([false, false]);
  expect([isImprovement(once, best(2)), isImprovement(once, told(race(2)))]).toEqual([true, false]);
});

it('a score is the last of its game, of as many as the server counts', () => {
  const first = withScore(empty, { game: 'practice', score: 80, best: 80, count: 1 });
  const second = withScore(first, { game: 'practice', score: 71, best: 80, count: 2 });
  expect(second.games).toEqual([{ game: 'practice', last: 71, best: 80, count: 2 }]);
});

it('older races follow, each once', () => {
  expect(withOlder([race(5), race(4)], [race(4), race(3)]).map(({ id }) => id)).toEqual([5, 4, 3]);
});
