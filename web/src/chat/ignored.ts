// Whom this browser does not want to hear, and what they called themselves then.
import { keys, lasting } from '../store';

/** The server takes no more with a join. */
const most = 100;

export type Ignored = Record<string, string>;

export function ignoredOf(room: string): Ignored {
  try {
    const kept: unknown = JSON.parse(lasting.get(keys.ignored(room)) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Ignored) : {};
  } catch {
    return {};
  }
}

export function keepIgnored(room: string, ignored: Ignored): Ignored {
  // The oldest goes first.
  const kept = Object.fromEntries(Object.entries(ignored).slice(-most));
  lasting.set(keys.ignored(room), JSON.stringify(kept));
  return kept;
}
