import { describe, expect, it } from 'vitest';
import { Calibration, lasts } from './calibration';
import { gradeOf } from './steps';

it('a grade is the narrowest that holds', () => {
  const widths = { perfect: 10, good: 20, fair: 30 };
  expect([0, -10, 11, 20, -30, 31].map((off) => gradeOf(off, widths))).toEqual(['perfect', 'perfect', 'good', 'good', 'fair', 'off']);
});

describe('a calibration', () => {
  it('counts the intervals of five seconds from the first tap', () => {
    const calibration = new Calibration();
    expect(calibration.left(700)).toBeNull();
    for (let at = 1000; at <= 1000 + lasts; at += 200) calibration.tap(at);
    expect(calibration.taps).toBe(25);
    expect(calibration.left(1000 + lasts / 2)).toBe(0.5);
    calibration.tap(1000 + lasts + 1);
    expect(calibration.taps).toBe(25);
    expect(calibration.left(99_999)).toBe(0);
  });
});
