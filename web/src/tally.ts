// The phone's own count. It claims "n taps so far in this heat", so a claim that is repeated,
// reordered or sent again after a reconnect harms nothing.

export interface Claim {
  heat: number;
  n: number;
  at?: number;
}

/** What became of a tap: counted, too early, too late, or no race to count it in. */
export type Tapped = 'counted' | 'early' | 'over' | 'idle';

/** A count, and when its last tap was made in milliseconds since the gun. */
export interface Counted {
  n: number;
  at?: number;
}

export class Tally {
  #heat = 0;
  #n = 0;
  #at: number | undefined;
  #claimed = 0;
  #claimedAt = -Infinity;

  get heat(): number {
    return this.#heat;
  }

  get n(): number {
    return this.#n;
  }

  get at(): number | undefined {
    return this.#at;
  }

  /** Another heat, of which the server has heard `claimed` and this browser remembers something. */
  begin(heat: number, claimed = 0, remembered: Counted = { n: 0 }): void {
    this.#heat = heat;
    this.#n = Math.max(claimed, remembered.n);
    this.#at = remembered.n > claimed ? remembered.at : undefined;
    this.#heard(claimed);
  }

  /**
   * The same heat, after a break. The count never falls: what the server missed is claimed again,
   * at once.
   */
  resume(claimed: number, remembered: Counted = { n: 0 }): void {
    if (remembered.n > this.#n) this.#at = remembered.at;
    this.#n = Math.max(this.#n, claimed, remembered.n);
    this.#heard(claimed);
  }

  #heard(claimed: number): void {
    this.#claimed = claimed;
    this.#claimedAt = -Infinity;
  }

  /** Taps made `at` milliseconds after the gun; negative before it. */
  tap(at: number, taps = 1): void {
    this.#n += taps;
    this.#at = Math.round(at);
  }

  /** How long until a claim should leave: 0 now, null when the server has heard it all. */
  due(now: number, every: number): number | null {
    if (this.#n <= this.#claimed) return null;
    return Math.max(0, this.#claimedAt + every - now);
  }

  claim(now: number): Claim {
    this.#claimed = this.#n;
    this.#claimedAt = now;
    return { heat: this.#heat, n: this.#n, ...(this.#at !== undefined && { at: this.#at }) };
  }
}

/** Which heat is meant: the gun's time tells heats of other days, and of another server, apart. */
export interface HeatOf {
  racer: string;
  heat: number;
  goAt: number;
}

/** What a reload must not lose. */
export type Remembered = HeatOf & Counted;

export function recall(text: string | null, of: HeatOf): Counted {
  const nothing = { n: 0 };
  if (!text) return nothing;
  try {
    const kept = JSON.parse(text) as Partial<Remembered>;
    const same = kept.racer === of.racer && kept.heat === of.heat && kept.goAt === of.goAt;
    if (!same || !Number.isSafeInteger(kept.n) || (kept.n ?? 0) < 0) return nothing;
    return { n: kept.n ?? 0, ...(Number.isSafeInteger(kept.at) && { at: kept.at }) };
  } catch {
    return nothing;
  }
}
