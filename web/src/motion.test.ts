import { describe, expect, it } from 'vitest';
import { Playback, playbackDelay, runAt, Track } from './motion';

describe('a lane between updates', () => {
  it('moves along the line between two known states', () => {
    const track = new Track();
    track.record(0, 0, 0);
    track.record(50, 2, 0);
    expect(track.at(0)).toBe(0);
    expect(track.at(25)).toBe(1);
    expect(track.at(50)).toBe(2);
  });

  it('stood still until the update before the one that names it', () => {
    const track = new Track();
    track.record(0, 4, 0);
    track.record(500, 5, 450);
    expect(track.at(400)).toBe(4);
    expect(track.at(475)).toBe(4.5);
  });

  it('holds the last state past its end and the first before its beginning', () => {
    const track = new Track();
    track.record(100, 3, 100);
    expect(track.at(0)).toBe(3);
    expect(track.at(9999)).toBe(3);
  });

  it('ignores an update older than what it knows', () => {
    const track = new Track();
    track.record(100, 5, 50);
    track.record(50, 3, 0);
    expect(track.taps).toBe(5);
  });

  it('remembers little, however long the race', () => {
    const track = new Track();
    for (let t = 0; t <= 100_000; t += 50) track.record(t, t / 50, t - 50);
    expect(track.at(99_975)).toBeCloseTo(1999.5);
  });

  it('is shown where it is at first, then eases without overshooting', () => {
    const track = new Track();
    track.record(0, 10, 0);
    expect(track.show(0, 16)).toBe(10);
    track.record(16, 20, 0);
    let last = 10;
    for (let frame = 0; frame < 120; frame++) {
      const shown = track.show(1000, 16);
      expect(shown).toBeGreaterThanOrEqual(last);
      expect(shown).toBeLessThanOrEqual(20);
      last = shown;
    }
    expect(last).toBe(20);
  });
});

describe('playback', () => {
  it('runs two updates behind the promptest update', () => {
    const playback = new Playback();
    playback.heard(1000, 5000);
    playback.heard(1050, 5090);
    expect(playback.moment(5200)).toBe(1200 - playbackDelay);
    expect(playback.latest).toBe(1050);
  });

  it('stands at the gun before anything was heard', () => {
    expect(new Playback().moment(123)).toBe(0);
  });
});

describe('a recorded run', () => {
  const trace: [number, number][] = [[500, 1], [1000, 5], [2000, 6]];

  it('goes from the line along its points, and stays where it ended', () => {
    expect([-100, 0, 250, 500, 750, 1500, 2000, 9000].map((t) => runAt(trace, t))).toEqual([0, 0, 0.5, 1, 3, 5.5, 6, 6]);
  });

  it('that has no points stays at the line', () => {
    expect(runAt([], 700)).toBe(0);
  });
});
