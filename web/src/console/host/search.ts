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
  return (racer.flagged ?? false) || (racer.refused ?? 0) > 0;
}
