import { describe, expect, it } from 'vitest';
import type { Rules } from '../../wire';
import { choiceOf, plain, rulesOf, sameRules } from './rules';

describe('a host’s choice', () => {
  it('becomes the rules it came from', () => {
    const rules: Rules = {
      mode: 'sprint', taps: 40, countdown: 5000, false_start: 'penalty', max_taps_per_second: 0, input: 'hold', handicap: true,
    };
    expect(rulesOf(choiceOf(rules))).toEqual(rules);
  });

  it('keeps the amounts of the other kinds of race', () => {
    const timed = choiceOf({ mode: 'timed', seconds: 25 }, choiceOf({ mode: 'tug', lead: 12 }));
    expect([timed.mode, timed.seconds, timed.lead, timed.taps]).toEqual(['timed', 25, 12, plain.taps]);
  });

  it('asks for a handicap in a sprint only', () => {
    const choice = { ...plain, handicap: true };
    expect(rulesOf(choice)).toMatchObject({ handicap: true });
    expect(rulesOf({ ...choice, mode: 'timed' })).not.toHaveProperty('handicap');
  });

  it('is the same race whether the usual is said or not', () => {
    expect(sameRules({ mode: 'sprint', taps: 100 }, rulesOf(plain))).toBe(true);
    expect(sameRules({ mode: 'sprint', taps: 100 }, { mode: 'sprint', taps: 100, input: 'rhythm' })).toBe(false);
    expect(sameRules({ mode: 'sprint', taps: 100 }, { mode: 'sprint', taps: 99 })).toBe(false);
    expect(sameRules({ mode: 'timed', seconds: 10 }, { mode: 'tug', lead: 10 })).toBe(false);
  });
});
