import { describe, expect, it } from 'vitest';
import { recall, Tally } from './tally';

const every = 50;

function inHeat(heat = 1): Tally {
  const tally = new Tally();
  tally.resume(heat, 0);
  return tally;
}

describe('claims', () => {
  it('the first tap leaves at once, the next wait their turn and go together', () => {
    const tally = inHeat();
    tally.tap(10);
    expect(tally.due(1000, every)).toBe(0);
    expect(tally.claim(1000)).toEqual({ heat: 1, n: 1, at: 10 });
    tally.tap(30.4);
    tally.tap(41.6);
    expect(tally.due(1020, every)).toBe(30);
    expect(tally.claim(1050)).toEqual({ heat: 1, n: 3, at: 42 });
  });

  it('nothing is sent while nothing changes', () => {
    const tally = inHeat();
    expect(tally.due(0, every)).toBeNull();
    tally.tap(10);
    tally.claim(0);
    expect(tally.due(10_000, every)).toBeNull();
  });

  it('taps before the gun are claimed with a negative time', () => {
    const tally = inHeat();
    tally.tap(-120);
    expect(tally.claim(0).at).toBe(-120);
  });
});

describe('coming back', () => {
  it('claims again at once what the server missed', () => {
    const tally = inHeat();
    for (let i = 0; i < 9; i++) tally.tap(i);
    tally.claim(0);
    tally.resume(1, 4);
    expect(tally.n).toBe(9);
    expect(tally.due(1, every)).toBe(0);
    expect(tally.claim(1)).toEqual({ heat: 1, n: 9, at: 8 });
  });

  it('counts on from the server when it knows more', () => {
    const tally = inHeat();
    tally.resume(1, 12);
    tally.tap(5);
    expect(tally.n).toBe(13);
  });

  it('finds after a reload what the tab remembered', () => {
    const tally = new Tally();
    tally.resume(3, 40, 43);
    expect(tally.n).toBe(43);
    expect(tally.due(0, every)).toBe(0);
    expect(tally.claim(0)).toEqual({ heat: 3, n: 43 });
  });

  it('a new heat begins at nothing', () => {
    const tally = inHeat();
    tally.tap(1);
    tally.resume(2, 0);
    expect(tally.n).toBe(0);
    expect(tally.heat).toBe(2);
    expect(tally.due(0, every)).toBeNull();
  });
});

describe('what the tab remembers', () => {
  const kept = JSON.stringify({ racer: '7', heat: 2, goAt: 1000, n: 31 });

  it('holds for the same racer in the same heat', () => {
    expect(recall(kept, '7', 2, 1000)).toBe(31);
  });

  it('is worth nothing to another racer, heat or race', () => {
    expect(recall(kept, '8', 2, 1000)).toBe(0);
    expect(recall(kept, '7', 3, 1000)).toBe(0);
    expect(recall(kept, '7', 2, 1001)).toBe(0);
  });

  it('may be missing or broken', () => {
    for (const text of [null, '', 'null', '{', '[]', '{"racer":"7","heat":2,"goAt":1000,"n":"x"}']) {
      expect(recall(text, '7', 2, 1000)).toBe(0);
    }
  });
});
