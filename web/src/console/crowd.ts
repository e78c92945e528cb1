// What a screen is told of a crowd: the first by lane, everybody else as numbers. All of it is bounded, so
// that no frame and no update costs more because more people race.
import type { Pack, Side, Tick } from '../wire';

interface Standing {
  lane: number;
  /** Taps, or the part of its own course. */
  far: number;
  /** Since when, after the gun: of equals, who was there first is ahead. */
  since: number;
}

function inOrder(a: Standing, b: Standing): number {
  return b.far - a.far || a.since - b.since || a.lane - b.lane;
}

/** The server tells of so many whenever they move; further back the order is not known. */
const kept = 20;

/** The first of a heat, in order. Nobody falls back in it but by being overtaken. */
export class Head {
  #order: Standing[] = [];
  #sorted = true;

  stands(lane: number, far: number, since: number): void {
    const known = this.#order.find((standing) => standing.lane === lane);
    if (known) {
      if (known.far === far) return;
      [known.far, known.since] = [far, since];
    } else {
      if (this.#order.length >= 2 * kept) this.#settle();
      const last = this.#sorted ? this.#order[kept - 1] : undefined;
      const one = { lane, far, since };
      if (last && inOrder(last, one) < 0) return;
      this.#order.push(one);
    }
    this.#sorted = false;
  }

  gone(lane: number): void {
    this.#order = this.#order.filter((standing) => standing.lane !== lane);
  }

  get order(): readonly Standing[] {
    if (!this.#sorted) this.#settle();
    return this.#order;
  }

  #settle(): void {
    this.#order.sort(inOrder);
    this.#order.length = Math.min(this.#order.length, kept);
    this.#sorted = true;
  }
}

const rateOver = 1000;

/** Everybody together. */
export class Crowd {
  total = 0;
  pack: Pack | null = null;
  /** Racers and taps of both teams of a tug. */
  sides: Record<Side, [racers: number, taps: number]> | null = null;
  #heard: { t: number; total: number }[] = [];

  tick({ t, total, pack, sides }: Tick): void {
    if (pack) this.pack = pack;
    if (sides) this.sides = sides;
    if (total === undefined) return;
    this.total = total;
    this.#heard.push({ t, total });
    // The newest that is old enough is the last one needed.
    while (this.#heard.length > 2 && (this.#heard[1]?.t ?? t) <= t - rateOver) this.#heard.shift();
  }

  /** Taps a second, of late. A server that comes back may know of fewer than before. */
  get rate(): number {
    const [first, last] = [this.#heard[0], this.#heard[this.#heard.length - 1]];
    return first && last && last.t > first.t ? Math.max(0, ((last.total - first.total) * 1000) / (last.t - first.t)) : 0;
  }
}

/**
 * A pack's outline as columns of the track, of which it reaches over `reach`, 0 to 1. Its slices are spread
 * over what their racers' last taps ran: taps are whole, so that some slices hold one more of them than
 * others, or none, and would be seen as waves and gaps.
 */
export function columnsOf({ to, counts }: Pack, reach: number, columns: number): number[] {
  const heights = new Array<number>(columns).fill(0);
  const slices = counts.length;
  const edge = (i: number) => (i === slices ? 1 : Math.max(0, Math.ceil((i * to) / slices) - 1) / to) * reach * columns;
  counts.forEach((count, i) => {
    if (count === 0) return;
    // Never narrower than a column: at the gun all stand in the first.
    const end = Math.max(edge(i + 1), 1);
    const start = Math.min(edge(i), end - 1);
    for (let column = Math.floor(start); column < Math.min(columns, end); column++) {
      const common = Math.min(end, column + 1) - Math.max(start, column);
      heights[column] = (heights[column] ?? 0) + (count * common) / (end - start);
    }
  });
  return heights;
}
