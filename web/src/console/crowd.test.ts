import { describe, expect, it } from 'vitest';
import { columnsOf, Crowd, Head } from './crowd';

const lanes = (head: Head) => head.order.map(({ lane }) => lane);

describe('the head of a heat', () => {
  it('is in order of how far they are', () => {
    const head = new Head();
    for (const [lane, taps] of [[1, 3], [2, 5], [3, 4], [1, 6]] as const) head.stands(lane, taps, 0);
    expect(lanes(head)).toEqual([1, 2, 3]);
  });

  it('has who was there first before their equals, and lanes in order at the start', () => {
    const head = new Head();
    for (const lane of [3, 1, 2]) head.stands(lane, 0, 0);
    expect(lanes(head)).toEqual([1, 2, 3]);
    head.stands(2, 10, 400);
    head.stands(1, 10, 450);
    head.stands(2, 10, 900);
    expect(lanes(head)).toEqual([2, 1, 3]);
  });

  it('finds the first among thousands, in whatever order they are told of', () => {
    const head = new Head();
    for (let i = 0; i < 5000; i++) head.stands((i * 1237) % 5000, (i * 1237) % 5000, i);
    expect(lanes(head)).toEqual(Array.from({ length: 20 }, (_, i) => 4999 - i));
  });

  it('takes in who overtakes, and lets go of who leaves', () => {
    const head = new Head();
    for (let lane = 1; lane <= 30; lane++) head.stands(lane, 10, 0);
    expect(lanes(head)).not.toContain(30);
    head.stands(30, 11, 50);
    expect(lanes(head)[0]).toBe(30);
    head.gone(30);
    expect(lanes(head)[0]).toBe(1);
  });
});

describe('everybody together', () => {
  it('taps as fast as their sum grew in the last second', () => {
    const crowd = new Crowd();
    expect(crowd.rate).toBe(0);
    for (let t = 0; t <= 3000; t += 50) crowd.tick({ heat: 1, t, lanes: [], total: t < 2000 ? 0 : (t - 2000) * 2 });
    expect([crowd.total, crowd.rate]).toEqual([2000, 2000]);
  });

  it('taps no less than not at all when the server comes back from before', () => {
    const crowd = new Crowd();
    crowd.tick({ heat: 1, t: 1000, lanes: [], total: 900 });
    crowd.tick({ heat: 1, t: 1400, lanes: [], total: 700 });
    expect([crowd.total, crowd.rate]).toEqual([700, 0]);
  });

  it('keeps what an update does not tell', () => {
    const crowd = new Crowd();
    const pack = { to: 10, counts: [3, 1] };
    crowd.tick({ heat: 1, t: 0, lanes: [], total: 4, pack });
    crowd.tick({ heat: 1, t: 50, lanes: [] });
    expect([crowd.total, crowd.pack]).toEqual([4, pack]);
  });
});

describe('the outline of a pack', () => {
  const round = (height: number) => Math.round(1000 * height) / 1000;
  /** As the server counts racers who have so many taps. */
  const pack = (taps: number[], to: number, slices = 48) => {
    const counts = new Array<number>(slices).fill(0);
    for (const n of taps) counts[Math.min(slices - 1, Math.floor((n * slices) / to))]! += 1;
    return { to, counts };
  };

  it('counts everybody once, whatever it reaches over', () => {
    for (const to of [1, 7, 40, 100, 1000]) {
      const everybody = pack(Array.from({ length: 500 }, (_, i) => (i * 7) % (to + 1)), to);
      for (const reach of [0, 0.001, 0.3, 0.77, 1]) {
        expect(round(columnsOf(everybody, reach, 90).reduce((all, height) => all + height, 0))).toBe(500);
      }
    }
  });

  it('stands where they are', () => {
    expect(columnsOf(pack([0, 0, 4], 4, 4), 1, 4)).toEqual([2, 0, 0.5, 0.5]);
    expect(columnsOf(pack([0, 2, 4], 4, 4), 0.5, 4)).toEqual([2, 1, 0, 0]);
    expect(columnsOf(pack([0, 2, 4], 4, 4), 0, 4)).toEqual([3, 0, 0, 0]);
  });

  it('is even where as many have every count of taps, and has no gap', () => {
    for (const to of [30, 40, 100, 130]) {
      const heights = columnsOf(pack(Array.from({ length: to }, (_, i) => i + 1), to), 1, 90);
      for (const height of heights.slice(5, -5)) expect(height).toBeCloseTo(to / 90, 6);
    }
  });
});
