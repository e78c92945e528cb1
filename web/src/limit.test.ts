import { describe, expect, it } from 'vitest';
import { withinLimit } from './limit';

describe('the human limit', () => {
  it('is never passed, so that nothing is refused', () => {
    expect(withinLimit(6, 8, 0, 30)).toBe(2);
    expect(withinLimit(6, 10, 0, 30)).toBe(0);
    expect(withinLimit(6, 10, 1000, 30)).toBe(6);
    expect(withinLimit(6, 14, 1000, 5)).toBe(1);
  });

  it('may be lifted', () => {
    expect(withinLimit(60, 1000, 0, 0)).toBe(60);
  });
});
