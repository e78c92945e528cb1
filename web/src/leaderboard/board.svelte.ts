// What is known of the board that is shown. It takes what the server sent and never the socket.
import type { Rules } from '../wire';

export interface Entry {
  place: number;
  name: string;
  time?: number | null;
  taps: number;
  /** Taps per second. */
  rate: number;
  at: number;
  run: number | string;
}

export interface BoardChange {
  entries: Entry[];
  /** How many stand on it in all. */
  of: number;
}

export interface BoardJoined extends BoardChange {
  key: string;
  rules: Rules;
  me?: Entry | null;
}

export interface Kind {
  key: string;
  rules: Rules;
}

export class Board {
  rules = $state.raw<Rules | null>(null);
  entries = $state.raw<Entry[]>([]);
  of = $state(0);
  /** Who this browser is logged in as. */
  own = $state<string | null>(null);
  #told = $state.raw<Entry | null>(null);
  /** Whether what is shown is the board that was asked for. */
  isHere = $state(false);
  /** Those whose run was not on the board a moment ago. */
  fresh = $state.raw<ReadonlySet<string>>(new Set());

  readonly #listed = $derived(this.entries.find(({ name }) => name === this.own));
  /** One's own entry where it lies below what is listed. */
  readonly pinned = $derived(this.own === null || this.#listed ? null : this.#told);

  joined(reply: BoardJoined): void {
    this.rules = reply.rules;
    this.entries = reply.entries;
    this.of = reply.of;
    this.#told = reply.me ?? null;
    this.fresh = new Set();
    this.isHere = true;
  }

  /** True when one's own place may have changed without a word about it. */
  changed({ entries, of }: BoardChange): boolean {
    const before = new Set(this.entries.map(({ run }) => run));
    this.fresh = new Set(entries.filter(({ run }) => !before.has(run)).map(({ name }) => name));
    this.entries = entries;
    this.of = of;
    return this.own !== null && !this.#listed;
  }

  mine(entry: Entry | null): void {
    this.#told = entry;
  }
}
