// The phone's own count. It claims "n taps so far in this heat", so a claim that is repeated,
// reordered or sent again after a reconnect harms nothing.

export interface Claim {
  heat: number;
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

  /**
   * A heat as the server knows it, with what it has heard from this racer. In the same heat the
   * count never falls: what the server missed is claimed again, at once.
   */
  resume(heat: number, claimed: number, remembered = 0): void {
    const own = heat === this.#heat ? this.#n : 0;
    if (heat !== this.#heat) this.#at = undefined;
    this.#heat = heat;
    this.#n = Math.max(own, claimed, remembered);
    this.#claimed = claimed;
    this.#claimedAt = -Infinity;
  }

  /** A tap made `at` milliseconds after the gun; negative before it. */
  tap(at: number): void {
    this.#n += 1;
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

/** What a reload must not lose, kept in the tab. The gun's time tells heats of other days apart. */
export interface Remembered {
  racer: string;
  heat: number;
  goAt: number;
  n: number;
}

export function recall(text: string | null, racer: string, heat: number, goAt: number): number {
  if (!text) return 0;
  try {
    const kept = JSON.parse(text) as Partial<Remembered>;
    const same = kept.racer === racer && kept.heat === heat && kept.goAt === goAt;
    return same && Number.isSafeInteger(kept.n) && (kept.n ?? 0) > 0 ? (kept.n ?? 0) : 0;
  } catch {
    return 0;
  }
}
