import { describe, expect, it } from 'vitest';
import { counted, countIn, interval, offsets, outcomeOf } from './tapalong';

const first = 1_000_000.25;
const along = (late: (beat: number) => number) =>
  Array.from({ length: countIn + counted }, (_, beat) => first + beat * interval + late(beat));
const delay = (late: (beat: number) => number) => outcomeOf(offsets(along(late), first));

describe('tapping along', () => {
  it('finds how late the television is, knowing that people are a little ahead', () => {
    expect(delay(() => 90)).toEqual({ delay: 120 });
  });

  it('is no finer than people are', () => {
    expect(delay((beat) => 61 + (beat % 3))).toEqual({ delay: 90 });
  });

  it('is not moved by a few taps that went wrong', () => {
    expect(delay((beat) => (beat % 6 === 5 ? 290 : 70))).toEqual({ delay: 100 });
  });

  it('finds none where people are ahead of the beat by as much as always', () => {
    expect(delay(() => -30)).toEqual({ delay: 0 });
    expect(delay(() => -80)).toEqual({ delay: 0 });
  });

  it('finds a very late one', () => {
    expect(delay(() => 400)).toEqual({ delay: 430 });
  });

  it('leaves out the beats in which the pace is found', () => {
    expect(offsets(along((beat) => (beat < countIn ? 200 : 50)), first)).toEqual(Array(counted).fill(50));
  });

  it('says so when there were too few taps, or none kept the beat', () => {
    expect(outcomeOf(offsets(along(() => 50).slice(0, 12), first))).toEqual({ problem: 'few' });
    expect(delay((beat) => (beat * 137) % 450)).toEqual({ problem: 'uneven' });
  });
});
