import { expect, it } from 'vitest';
import { compare } from './compare';

it('a first result is compared with nothing', () => {
  expect(compare(50, [])).toEqual({ isBest: false, lines: ['Your first result. From here it can only get better.'] });
});

it('a best result says by how much, and how it was last time', () => {
  expect(compare(60, [55, 50])).toEqual({ isBest: true, lines: ['5 more than ever before!', '10 taps more than last time.'] });
});

it('another one says what it lacks', () => {
  expect(compare(49, [55, 50])).toEqual({ isBest: false, lines: ['1 tap fewer than last time.', '6 short of your best.'] });
  expect(compare(50, [50]).lines).toEqual(['Exactly as many as last time.']);
  expect(compare(48, [50]).lines).toEqual(['2 taps fewer than last time.']);
});
