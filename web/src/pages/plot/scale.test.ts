import { describe, expect, it } from 'vitest';
import { bestOf, labelled, linear, nearest, path, record, stairs, stepOf, ticks } from './scale';

describe('a scale', () => {
  it('runs from one end to the other, either way', () => {
    expect(linear([0, 10], [0, 100])(2.5)).toBe(25);
    expect(linear([0, 10], [100, 0])(2.5)).toBe(75);
  });

  it('puts the only value there is in the middle', () => {
    expect(linear([7, 7], [0, 100])(7)).toBe(50);
  });
});

describe('ticks', () => {
  it('are round and enclose all values', () => {
    expect(ticks([7.42, 8.1, 9.9])).toEqual([7, 8, 9, 10]);
    expect(ticks([0, 97])).toEqual([0, 50, 100]);
    expect(ticks([0.31, 0.52])).toEqual([0.3, 0.4, 0.5, 0.6]);
  });

  it('lie around values that are all the same', () => {
    const [low, ...rest] = ticks([50, 50]);
    expect(low).toBeLessThanOrEqual(50);
    expect(rest[rest.length - 1]).toBeGreaterThan(50);
    expect(ticks([0]).length).toBeGreaterThan(1);
  });

  it('are never finer than what can be told apart', () => {
    expect(ticks([98, 99], 4, 1)).toEqual([98, 99]);
  });

  it('of nothing are still an axis', () => {
    expect(ticks([])).toEqual([0, 1]);
  });

  it('have steps of 1, 2 or 5', () => {
    expect([3, 5, 11, 70, 0.04].map((extent) => stepOf(extent, 3))).toEqual([1, 2, 5, 50, 0.02]);
  });
});

describe('names along an axis', () => {
  it('are at the end and evenly before it, as many as fit', () => {
    expect(labelled(9, 3)).toEqual([0, 4, 8]);
    expect(labelled(7, 5)).toEqual([0, 2, 4, 6]);
    expect(labelled(12, 5)).toEqual([2, 5, 8, 11]);
    expect(labelled(2, 5)).toEqual([0, 1]);
    expect(labelled(9, 0)).toEqual([0, 8]);
    expect(labelled(1, 5)).toEqual([0]);
    expect(labelled(0, 5)).toEqual([]);
  });
});

describe('the best', () => {
  it('is the least of times and the most of taps, the first of equals', () => {
    expect(bestOf([9, 7, 8, 7], 'lower')).toBe(1);
    expect(bestOf([9, 7, 9], 'higher')).toBe(0);
    expect(bestOf([], 'higher')).toBe(-1);
  });

  it('so far never gets worse', () => {
    expect(record([9, 7, 8, 6], 'lower')).toEqual([9, 7, 7, 6]);
    expect(record([80, 91, 85], 'higher')).toEqual([80, 91, 91]);
  });
});

describe('a line', () => {
  it('goes from point to point, or holds each value until the next', () => {
    const points = [[0, 10], [5, 3.333], [9, 4]] as const;
    expect(path(points)).toBe('M0 10L5 3.3L9 4');
    expect(stairs(points)).toBe('M0 10H5V3.3H9V4');
    expect(path([])).toBe('');
  });

  it('is touched at the nearest point', () => {
    expect(nearest([0, 10, 20], 14)).toBe(1);
    expect(nearest([20, 10, 0], 17)).toBe(0);
    expect(nearest([], 3)).toBe(-1);
  });
});
