import { describe, expect, it } from 'vitest';
import type { Kind } from './board.svelte';
import { insteadOf, untilNextLook, withShown } from './kinds';

const kind = (taps: number): Kind => ({ key: `sprint-${taps}`, rules: { mode: 'sprint', taps } });

describe('the kinds that can be chosen', () => {
  it('are those that were raced for, and the one that is shown', () => {
    expect(withShown([], [kind(100)], 'sprint-100')).toEqual([kind(100)]);
    expect(withShown([kind(20), kind(50)], [kind(100), kind(7)], 'sprint-100')).toEqual([kind(20), kind(50), kind(100)]);
    expect(withShown([kind(20), kind(100)], [kind(100)], 'sprint-100')).toEqual([kind(20), kind(100)]);
  });
});

describe('an empty board that nobody asked for', () => {
  it('gives way to the kind that is raced for most, as soon as there is one', () => {
    expect(insteadOf('sprint-100', [])).toBeNull();
    expect(insteadOf('sprint-100', [kind(20), kind(50)])).toBe('sprint-20');
  });

  it('stays once it is raced for, however little', () => {
    expect(insteadOf('sprint-100', [kind(20), kind(100)])).toBeNull();
  });
});

it('open pages look for new kinds about each fifteen seconds, not all at once', () => {
  expect([untilNextLook(0), untilNextLook(0.5), untilNextLook(1)]).toEqual([12_000, 15_000, 18_000]);
});
