import { expect, it } from 'vitest';
import type { RaceRecord } from '../../pages/records';
import { along, lasts, lineOf, tapsAt, tapsOf } from './replay';

const run = { id: 1, rules: { mode: 'sprint', taps: 3 }, taps: 3, time: 900 } as unknown as RaceRecord;
const points: [number, number][] = [[200, 1], [500, 2], [900, 3]];
const timed = { ...run, rules: { mode: 'timed', seconds: 2 }, time: null } as unknown as RaceRecord;

it('a sprint is over at its finish, a timed race at the whistle, anything else with its last tap', () => {
  expect(lasts({ run, points })).toBe(900);
  expect(lasts({ run: timed, points })).toBe(2000);
  expect(lasts({ run: { ...run, time: null }, points })).toBe(900);
  expect(lasts({ run: { ...run, time: null }, points: [] })).toBe(0);
});

it('a sprinter runs to the line, others as far as the best of them', () => {
  expect(along(run.rules, 1.5, 99)).toBe(0.5);
  expect(along(timed.rules, 10, 40)).toBe(0.25);
  expect(along(timed.rules, 0, 0)).toBe(0);
  expect(along(run.rules, 9, 9)).toBe(1);
});

it('its line begins at the gun and holds to the end', () => {
  expect(lineOf({ run, points }, 1500)).toEqual([[0, 0], ...points, [1500, 3]]);
  expect(tapsOf({ run, points: [] })).toBe(3);
});

it('a tap counts from the moment at which it was made', () => {
  const one = { run, points };
  expect([0, 199, 200, 499, 500, 900, 5000].map((at) => tapsAt(one, at))).toEqual([0, 0, 1, 1, 2, 3, 3]);
});
