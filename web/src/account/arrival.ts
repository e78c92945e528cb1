// What an arrival brings along: the seats of this device, and where to go back to.
import { keys } from '../store';

const lead = keys.seat('');

/** The server looks at no more, and takes no longer a request. */
const most = 50;

/** The tokens of the latest seats that this browser holds: what they raced as guests becomes the account's. */
export function seatsOf(storage: Pick<Storage, 'length' | 'key' | 'getItem'>): string[] {
  const names = Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? '');
  const tokens = names.filter((name) => name.startsWith(lead)).flatMap((name) => storage.getItem(name) ?? []);
  const seats = tokens.map((token) => ({ token, at: signedAt(token) }));
  return seats.sort((a, b) => b.at - a.at).slice(0, most).map(({ token }) => token);
}

/** When the server gave a token, in Unix milliseconds: it can be read by anybody. */
function signedAt(token: string): number {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    return Number((JSON.parse(atob(payload)) as { signed_at?: unknown }).signed_at) || 0;
  } catch {
    return 0;
  }
}

const day = 24 * 3600 * 1000;

/** Whether one of them may hold a race that is young enough to be claimed. */
export function areFresh(seats: string[], now: number): boolean {
  return seats.some((token) => now - signedAt(token) < day);
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
