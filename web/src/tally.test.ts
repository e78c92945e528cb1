import { describe, expect, it } from 'vitest';
import { recall, Tally } from './tally';

const every = 50;

function inHeat(heat = 1): Tally {
  const tally = new Tally();
  tally.begin(heat);
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
    tally.resume(4);
    expect(tally.n).toBe(9);
    expect(tally.due(1, every)).toBe(0);
    expect(tally.claim(1)).toEqual({ heat: 1, n: 9, at: 8 });
  });

  it('counts on from the server when it knows more', () => {
    const tally = inHeat();
    tally.resume(12);
    tally.tap(5);
    expect(tally.n).toBe(13);
  });

  it('finds after a reload what the browser remembered', () => {
    const tally = new Tally();
    tally.begin(3, 40, { n: 43, at: 9100 });
    expect(tally.n).toBe(43);
    expect(tally.due(0, every)).toBe(0);
    expect(tally.claim(0)).toEqual({ heat: 3, n: 43, at: 9100 });
  });

  it('a new heat begins at nothing', () => {
    const tally = inHeat();
    tally.tap(1);
    tally.begin(2);
    expect(tally.n).toBe(0);
    expect(tally.heat).toBe(2);
    expect(tally.due(0, every)).toBeNull();
  });
});

describe('what the browser remembers', () => {
  const of = { racer: '7', heat: 2, goAt: 1000 };
  const kept = JSON.stringify({ ...of, n: 31, at: 5200 });

  it('holds for the same racer in the same heat', () => {
    expect(recall(kept, of)).toEqual({ n: 31, at: 5200 });
  });

  it('is worth nothing to another racer, heat or race', () => {
    for (const other of [{ racer: '8' }, { heat: 3 }, { goAt: 1001 }]) expect(recall(kept, { ...of, ...other })).toEqual({ n: 0 });
  });

  it('may be missing or broken', () => {
    const broken = [null, '', 'null', '{', '[]', JSON.stringify({ ...of, n: 'x' }), JSON.stringify({ ...of, n: -4 })];
    for (const text of broken) expect(recall(text, of)).toEqual({ n: 0 });
    expect(recall(JSON.stringify({ ...of, n: 4, at: 'x' }), of)).toEqual({ n: 4 });
  });
});
