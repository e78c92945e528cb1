import { describe, expect, it } from 'vitest';
import { spent, Stride, top } from './stride';

/** Steps of one stride that is held for so long, begun a second after the gun. */
function held(ms: number) {
  const stride = new Stride();
  expect(stride.press(1000)).toBeNull();
  return stride.release(1000 + ms);
}

describe('a stride', () => {
  it('is worth the more the nearer to the top one lets go', () => {
    expect(held(top)).toEqual({ grade: 'perfect', steps: 12 });
    expect(held(top - 90)).toEqual({ grade: 'perfect', steps: 11 });
    expect(held(top + 150)).toEqual({ grade: 'good', steps: 10 });
    expect(held(top - 300)).toEqual({ grade: 'fair', steps: 6 });
    expect(held(600)).toEqual({ grade: 'off', steps: 3 });
    expect(held(top + 2000)).toEqual({ grade: 'off', steps: 6 });
  });

  it('goes on at a steady pace while it is held, up to the top', () => {
    const stride = new Stride();
    stride.press(0);
    const due = [0, 199, 200, 450, 1199, 1200, 5000].map((at) => stride.due(at));
    expect(due).toEqual([0, 0, 1, 1, 3, 1, 0]);
    expect(stride.release(5001)?.steps).toBe(0);
  });

  it('never gives a step twice', () => {
    const stride = new Stride();
    stride.press(0);
    let steps = 0;
    for (let at = 0; at <= top; at += 16) steps += stride.due(at);
    expect(steps + (stride.release(top)?.steps ?? 0)).toBe(12);
  });

  it('that begins before the gun begins with it', () => {
    const stride = new Stride();
    stride.press(-800);
    expect(stride.due(-10)).toBe(0);
    expect(stride.fullness(-10)).toBe(0);
    expect(stride.fullness(top)).toBe(1);
    expect(stride.release(top)).toEqual({ grade: 'perfect', steps: 12 });
  });

  it('that ends before the gun was none', () => {
    const stride = new Stride();
    stride.press(-800);
    expect(stride.release(-200)).toBeNull();
    expect(stride.running).toBe(false);
  });

  it('stands still when its runner is out of breath', () => {
    const stride = new Stride();
    stride.press(0);
    expect(stride.fullness(60_000)).toBe(spent / top);
  });
});

describe('a switch that cannot be held', () => {
  it('starts with one press and lets go with the next', () => {
    const stride = new Stride();
    stride.press(1000);
    expect(stride.release(1080)).toBeNull();
    expect(stride.running).toBe(true);
    expect(stride.press(1000 + top)).toEqual({ grade: 'perfect', steps: 12 });
    expect(stride.running).toBe(false);
    expect(stride.release(1000 + top + 80)).toBeNull();
  });

  it('gains nothing by being hammered', () => {
    const stride = new Stride();
    let steps = 0;
    for (let at = 0; at < 10_000; at += 60) {
      steps += stride.press(at)?.steps ?? 0;
      steps += stride.due(at + 20);
      steps += stride.release(at + 30)?.steps ?? 0;
    }
    expect(steps).toBe(0);
  });
});

it('holding for ever is slower than any rhythm of strides', () => {
  expect(held(60_000)?.steps).toBeLessThan(7);
});
