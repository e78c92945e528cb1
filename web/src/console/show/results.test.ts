import { describe, expect, it } from 'vitest';
import type { Place, Results, Rules, Tournament } from '../../wire';
import { closeness, notesOf, recordNote, summary, through, worth } from './results';

const sprint: Rules = { mode: 'sprint', taps: 100 };
const placed = (place: number, name: string, more: Partial<Place> = {}): Place => ({
  place, id: name, name, taps: 100, dead_heat: false, ...more,
});
const results = (places: Place[], more: Partial<Results> = {}): Results => ({
  heat: 1, final: true, places, winner: places[0]?.id ?? null, outcome: 'won', ...more,
});
const times = (...list: number[]) => list.map((time, i) => placed(i + 1, `R${i + 1}`, { time, margin: time - (list[0] ?? 0) }));

describe('notes on a place', () => {
  it('are none where all was as usual', () => {
    expect(notesOf(placed(1, 'Ada'), sprint)).toEqual([]);
  });

  it('tell what did not count, what looked odd, and a course of their own', () => {
    const odd = placed(2, 'Bo', { refused: 12, false_starts: 3, flagged: true, course: 80, gone: true });
    expect(notesOf(odd, { ...sprint, handicap: true })).toEqual([
      'left', 'course of 80 taps', '3 before the gun', '12 too fast', 'machine-like rhythm',
    ]);
    expect(notesOf(placed(1, 'Ada', { course: 100 }), { ...sprint, handicap: true }), 'the full course is nothing to tell').toEqual([]);
    expect(notesOf(odd, sprint), 'without a handicap all run the same course').not.toContain('course of 80 taps');
  });
});

it('a personal best says by how much', () => {
  const kept = { id: 1, name: 'Ada', taps: 100, time: 7420 };
  expect(recordNote({ ...kept, best: true, previous: 7720 })).toBe('personal best, 300 ms better');
  expect(recordNote({ ...kept, best: true, previous: 9000 })).toBe('personal best, 1.58 s better');
  expect(recordNote({ ...kept, time: null, taps: 81, best: true, previous: 80 })).toBe('personal best, 1 tap better');
  expect(recordNote({ ...kept, best: true }), 'the first of its kind is better than none').toBeNull();
  expect(recordNote({ ...kept, best: false, previous: 7000 })).toBeNull();
  expect(recordNote(undefined)).toBeNull();
});

describe('how close it was', () => {
  it('is told by what was measured', () => {
    expect(closeness(results(times(9000, 9037)))).toBe('R1 was 37 ms ahead.');
  });

  it('is no difference where nobody can tell one', () => {
    const even = (gap: number) => results([
      placed(1, 'Ada', { time: 9000, margin: 0, dead_heat: true }), placed(1, 'Bo', { time: 9000 + gap, margin: gap, dead_heat: true }),
    ]);
    expect(closeness(even(7))).toBe('7 ms apart: closer than 20 ms counts as a dead heat.');
    expect(closeness(even(0))).toBe('The same millisecond: nobody was first alone.');
  });

  it('is not told of one finisher alone', () => {
    expect(closeness(results([placed(1, 'Ada', { time: 9000 }), placed(2, 'Bo', { taps: 60 })]))).toBeNull();
  });
});

it('a list tells the distance to the first, and the taps of who did not finish', () => {
  const [, second] = times(9000, 9400);
  expect(second && worth(second, 'sprint', false)).toBe('+400 ms');
  expect(worth(placed(3, 'Cy', { taps: 60 }), 'sprint', false)).toBe('60 taps');
  const even = placed(1, 'Bo', { time: 9007, margin: 7, dead_heat: true });
  expect([worth(even, 'sprint', false), worth(even, 'sprint', true)]).toEqual(['dead heat', '+7 ms']);
  expect([false, true].map((brief) => worth(placed(3, 'Cy', { taps: 60 }), 'timed', brief))).toEqual(['60 taps', '60']);
});

describe('who goes through', () => {
  const group = (heat: number, names: string[], done: boolean) => ({
    round: 1, heat, done, racers: names.map((name, i) => ({ id: name, name, colour: 'red', shape: 'star', through: done && i === 0 })),
  });
  const tournament: Tournament = {
    round: 1, rounds: 2, heat_of_round: 1, heats_in_round: 2, lanes: 2,
    groups: [group(1, ['Ada', 'Bo'], true), group(2, ['Cy', 'Di'], false)],
  };

  it('is said of the group that has just run', () => {
    expect([...through(results([placed(1, 'Ada'), placed(2, 'Bo')]), tournament)]).toEqual(['Ada']);
  });

  it('is said of nobody while the group is not done, or outside of a tournament', () => {
    expect(through(results([placed(1, 'Cy'), placed(2, 'Di')]), tournament).size).toBe(0);
    expect(through(results([placed(1, 'Ada')]), null).size).toBe(0);
  });
});

describe('the picture to share', () => {
  it('has the podium, then as many as fit, and counts the others', () => {
    const { steps, rows, more } = summary(results(Array.from({ length: 30 }, (_, i) => placed(i + 1, `R${i + 1}`))), sprint);
    expect(steps.map(({ name }) => name)).toEqual(['R1', 'R2', 'R3']);
    expect(rows.map(({ place }) => place)).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(more).toBe(20);
  });

  it('counts those of a crowd whose places are not told', () => {
    const places = Array.from({ length: 30 }, (_, i) => placed(i + 1, `R${i + 1}`));
    expect(summary(results(places, { of: 15_000 }), sprint).more).toBe(14_990);
  });

  it('puts the team that won first, who pulled most in front', () => {
    const pull = (name: string, team: 'left' | 'right', taps: number) => placed(team === 'right' ? 1 : 2, name, { team, taps });
    const tug = results([pull('Ada', 'left', 50), pull('Bo', 'right', 20), pull('Cy', 'right', 30)], { team: 'right', winner: null });
    const { steps, rows } = summary(tug, { mode: 'tug', lead: 60 });
    expect(steps).toEqual([]);
    expect(rows.map(({ name, side }) => [name, side])).toEqual([['Cy', 'right'], ['Bo', 'right'], ['Ada', 'left']]);
  });
});
