import { expect, it } from 'vitest';
import { recordLine } from './record';

const stats = { races: 12, wins: 3 };

it('a personal best says by how much it is better than the one before', () => {
  expect(recordLine({ heat: 1, best: true, previous: 7720, stats }, { time: 7420, taps: 100 })).toBe('Personal best: 300\u00a0ms faster than before!');
  expect(recordLine({ heat: 1, best: true, previous: 70, stats }, { time: null, taps: 71 })).toBe('Personal best: 1 tap more than before!');
});

it('other races are kept, and the first of its kind is the first', () => {
  expect(recordLine({ heat: 1, best: false, previous: 7420, stats }, { time: 9000, taps: 100 })).toBe('Kept in your account: race 12');
  expect(recordLine({ heat: 1, best: false, stats }, { time: null, taps: 60 })).toBe('Kept in your account: race 12');
  expect(recordLine({ heat: 1, best: true, stats }, { time: 9000, taps: 100 })).toBe('Kept in your account: your first race of this kind');
});
