import { describe, expect, it } from 'vitest';
import { Beat, every } from './beat';

describe('a press', () => {
  it('is worth the more the nearer it is to a beat', () => {
    const steps = (off: number) => new Beat().press(5 * every + off)?.steps;
    expect([0, 69, -69, 100, -130, 190, -260].map(steps)).toEqual([6, 6, 6, 4, 4, 2, 1]);
  });

  it('counts once for each beat', () => {
    const beat = new Beat();
    expect(beat.press(600)?.steps).toBe(6);
    expect(beat.press(640)).toBeNull();
    expect(beat.press(500)).toBeNull();
    expect(beat.press(1200)?.steps).toBe(6);
  });

  it('before the gun warms up, and is worth nothing', () => {
    const beat = new Beat();
    expect(beat.press(-600)).toEqual({ grade: 'perfect', steps: 0, off: 0 });
    expect(beat.press(-30)?.steps).toBe(0);
    expect(beat.press(0)?.steps).toBe(6);
  });
});

it('who is always late by the same time is not late', () => {
  const beat = new Beat();
  const grades = [1, 2, 3, 4, 5].map((number) => beat.press(number * every + 140)?.grade);
  expect(grades).toEqual(['fair', 'perfect', 'perfect', 'perfect', 'perfect']);
  expect(beat.habit).toBe(140);
});

it('a habit has its limits: half a beat late is off', () => {
  const beat = new Beat();
  for (let number = 1; number < 9; number++) beat.press(number * every + 280);
  expect(beat.habit).toBe(160);
  expect(beat.press(9 * every + 280)?.grade).toBe('good');
});

it('hammering is worth a step a beat or little more', () => {
  const beat = new Beat();
  let steps = 0;
  for (let at = 0; at < 20 * every; at += 50) steps += beat.press(at)?.steps ?? 0;
  expect(steps).toBeLessThan(20 * 3);
});

it('the beat is counted from the gun', () => {
  expect(Beat.at(0)).toEqual({ beat: 0, phase: 0 });
  expect(Beat.at(every * 2.5)).toEqual({ beat: 2, phase: 0.5 });
  expect(Beat.at(-every / 2).beat).toBe(-1);
});
