// Which kinds of rules have been raced for, and which of them a page turns to by itself.
import type { Kind } from './board.svelte';

/** What the server lists, most raced first, and the kind that is shown even where nobody raced for it. */
export function withShown(listed: Kind[], known: Kind[], shown: string): Kind[] {
  if (listed.some(({ key }) => key === shown)) return listed;
  return [...listed, ...known.filter(({ key }) => key === shown)];
}

/** What somebody who asked for no kind sees rather than an empty board: the one that is raced for most. */
export function insteadOf(shown: string, listed: Kind[]): string | null {
  const [most] = listed;
  return most && !listed.some(({ key }) => key === shown) ? most.key : null;
}

/**
 * How long until a page asks for the kinds again: each at a moment of its own, so that many screens that
 * stand open do not ask at once. `chance` is below one.
 */
export function untilNextLook(chance: number): number {
  return 12_000 + chance * 6_000;
}
