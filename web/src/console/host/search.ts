// Who a host means by what they typed.
import type { Racer } from '../../wire';

/** Case and accents of names are nothing that a host types; a number is a lane. */
function bare(text: string): string {
  return text.normalize('NFKD').replace(/\p{Diacritic}/gu, '').toLowerCase().trim();
}

/** Those whose name holds what was typed, and whoever has it as a lane; those to look at come first. */
export function found(roster: Racer[], typed: string): Racer[] {
  const wanted = bare(typed);
  return roster
    .filter((racer) => wanted === '' || bare(racer.name).includes(wanted) || String(racer.lane) === wanted)
    .sort((a, b) => Number(isOdd(b)) - Number(isOdd(a)) || a.lane - b.lane);
}

/** Somebody about whom the host may have to decide. */
export function isOdd(racer: Racer): boolean {
  return oddness(racer) > 0;
}

/** How much there is to look at about each of them: more of it is something new. */
export type Seen = ReadonlyMap<Racer['id'], number>;

export function seen(roster: Racer[]): Seen {
  return new Map(roster.map((racer) => [racer.id, oddness(racer)]));
}

/** Of how many there is something that the host has not looked at. */
export function unseen(roster: Racer[], before: Seen): number {
  return roster.filter((racer) => oddness(racer) > (before.get(racer.id) ?? 0)).length;
}

function oddness(racer: Racer): number {
  return (racer.refused ?? 0) + (racer.flagged ? 1e9 : 0);
}
