import { describe, expect, it } from 'vitest';
import { kindName } from './kind';

describe('a kind of race', () => {
  it('is called by what is raced for', () => {
    expect(kindName({ mode: 'sprint', taps: 100 })).toBe('Sprint, 100 taps');
    expect(kindName({ mode: 'timed', seconds: 10 })).toBe('10 seconds');
    expect(kindName({ mode: 'tug', lead: 60 })).toBe('Tug of war, 60 taps');
  });

  it('says nothing of what is as usual', () => {
    expect(kindName({ mode: 'timed', seconds: 10, countdown: 5000, input: 'tap', false_start: 'ignore', max_taps_per_second: 30 })).toBe(
      '10 seconds',
    );
  });

  it('says what is not', () => {
    expect(kindName({ mode: 'sprint', taps: 1, input: 'hold', false_start: 'penalty', max_taps_per_second: 20 })).toBe(
      'Sprint, 1 tap · hold · false start costs 1 s · at most 20 a second',
    );
    expect(kindName({ mode: 'sprint', taps: 50, input: 'rhythm', handicap: true, max_taps_per_second: 0 })).toBe(
      'Sprint, 50 taps · rhythm · handicap · no limit',
    );
  });
});
