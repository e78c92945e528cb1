import { describe, expect, it } from 'vitest';
import type { Results } from '../../wire';
import { ahead, CountdownCues, ending, Pulse, Sparse } from './cues';

const frame = 16;

describe('the countdown', () => {
  it('counts every second and the gun once, each at its instant', () => {
    const cues = new CountdownCues();
    const heard: [number, number][] = [];
    for (let left = 5300; left > -1000; left -= frame) {
      const due = cues.due(left);
      if (due) heard.push([due.step, left - due.in]);
    }
    expect(heard).toEqual([[5, 5000], [4, 4000], [3, 3000], [2, 2000], [1, 1000], [0, 0]]);
  });

  it('counts the last seconds only, however long it is', () => {
    const cues = new CountdownCues();
    expect(cues.due(9000)).toBeNull();
    expect(cues.due(6000)).toBeNull();
    expect(cues.due(5000)?.step).toBe(5);
  });

  it('begins with a step that has just passed, and makes up for none that is long past', () => {
    expect(new CountdownCues().due(2950)).toEqual({ step: 3, in: 0 });
    expect(new CountdownCues().due(2600)).toBeNull();
    expect(new CountdownCues().due(-900)).toBeNull();
  });
});

describe('the pulse', () => {
  const beats = (progress: number, lead: number) => {
    const pulse = new Pulse();
    const at: number[] = [];
    for (let now = 1000; now < 11_000; now += frame) {
      if (pulse.isDue(now)) at.push(now + pulse.next(now, progress, lead).in);
    }
    return at;
  };

  it('keeps time to the millisecond, whatever the frames do', () => {
    const at = beats(0, 1);
    const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(0.001);
    expect(gaps[0]).toBeCloseTo(60_000 / 96);
  });

  it('quickens with the leader, and with a close second', () => {
    expect(beats(0.5, 1).length).toBeGreaterThan(beats(0, 1).length);
    expect(beats(0.9, 0).length).toBeGreaterThan(beats(0.9, 1).length);
  });

  it('begins anew after a pause, and does not catch up', () => {
    const pulse = new Pulse();
    pulse.next(0, 0, 1);
    expect(pulse.isDue(ahead)).toBe(false);
    expect(pulse.next(60_000, 0, 1).in).toBe(0);
    expect(pulse.isDue(60_000)).toBe(false);
  });
});

it('a crowd is thinned out', () => {
  const sparse = new Sparse(3, 450);
  const passed = Array.from({ length: 40 }, (_, i) => sparse.pass(i)).filter(Boolean);
  expect(passed).toHaveLength(3);
  expect(sparse.pass(500)).toBe(true);
});

describe('an ending', () => {
  const results = (more: Partial<Results>): Results => ({ heat: 1, final: true, places: [], winner: 1, outcome: 'won', ...more });

  it('is a fanfare for a winner or a team, and something else for a dead heat', () => {
    expect(ending(results({}))).toBe('fanfare');
    expect(ending(results({ winner: null, team: 'left' }))).toBe('fanfare');
    expect(ending(results({ winner: null, outcome: 'dead_heat' }))).toBe('dead heat');
  });

  it('waits until it is final, and does not praise what nobody won', () => {
    expect(ending(results({ final: false }))).toBeNull();
    expect(ending(results({ winner: null, outcome: 'no_taps' }))).toBe('nothing');
    expect(ending(results({ winner: null, outcome: 'cancelled' }))).toBeNull();
    expect(ending(null)).toBeNull();
  });
});
