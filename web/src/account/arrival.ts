// What an arrival brings along: the seats of this device, and where to go back to.
import { keys } from '../store';

const lead = keys.seat('');

/** The tokens of all seats that this browser holds: what they raced as guests becomes the account's. */
export function seatsOf(storage: Pick<Storage, 'length' | 'key' | 'getItem'>): string[] {
  const names = Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? '');
  return names.filter((name) => name.startsWith(lead)).flatMap((name) => storage.getItem(name) ?? []);
}

export function seats(): string[] {
  try {
    return seatsOf(localStorage);
  } catch {
    // A browser that keeps nothing for this site holds no seat.
    return [];
  }
}

/** An address on this very site, whole, or null: a link must not lead who logs in to a stranger. */
export function nextOf(search: string, origin: string): string | null {
  const next = new URLSearchParams(search).get('next');
  if (!next?.startsWith('/')) return null;
  try {
    const url = new URL(next, origin);
    return url.origin === origin ? url.href : null;
  } catch {
    return null;
  }
}
