import { describe, expect, it } from 'vitest';
import { median, scatter } from './statistics';

describe('a handful of measurements', () => {
  it('has a middle, which one that is far off does not move', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([10, 11, 12, 9, 5000])).toBe(11);
  });

  it('scatters as the usual one does', () => {
    expect(scatter([10, 10, 10])).toBe(0);
    expect(scatter([8, 10, 12, 9, 900])).toBe(2);
  });

  it('of nothing is nothing', () => {
    expect(median([])).toBeNaN();
  });
});
