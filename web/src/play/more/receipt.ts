// The fairness receipt: how this phone's race was measured.
import type { Phone } from '../phone.svelte';

export interface Receipt {
  taps: number;
  /** Of this page's gun; null where the page was not there when it fired. */
  gun: { late: number; unsure: number; trip: number } | null;
  firstTap: number | null;
  /** The time of a finish. */
  credited: number | null;
  compensated: number | null;
  /** Taps that did not count, and why. */
  early: number;
  refused: number;
  late: number;
  limit: number;
}

export function receiptOf(phone: Phone): Receipt {
  const { outcome, gun, clock, rules } = phone;
  const early = Math.max(phone.early, phone.falseStarts);
  // What a racer tapped past the goal, or before word of the end came, was too late as well.
  const past = phone.goal !== null && outcome.taps >= phone.goal ? 0 : phone.n - early - phone.refused - outcome.taps;
  return {
    taps: outcome.taps,
    gun: gun && Number.isFinite(gun.unsure) ? { late: Math.abs(gun.late), unsure: gun.unsure, trip: clock.roundTrip } : null,
    firstTap: phone.firstTap,
    credited: outcome.time,
    compensated: phone.compensated,
    early,
    refused: phone.refused,
    late: Math.max(0, past) + phone.late,
    limit: rules.max_taps_per_second ?? 30,
  };
}
