// What is known of a player's practice: what the server has, what it has not yet, and who is best. It
// takes what the server sent and never the socket.
import type { Account } from '../account';
import { newId, Shelf, type Made } from './shelf';

export type History = [at: number, score: number][];

export interface Standing {
  name: string;
  score: number;
}

export interface ScoreJoined {
  score: number | null;
  best: number | null;
  top: Standing[];
  count: number;
  place: number | null;
  history: History;
}

export interface Stored {
  best: number;
  place: number;
  /** Of how many scores of this account it is the last, and when it was stored. */
  count: number;
  at: number;
}

export interface Heard extends Standing {
  place: number;
  count: number;
  at: number;
}

const historyAtMost = 200;
const topAtMost = 10;
/** What a guest made longer ago is not taken along into an account. */
const takenAlong = 24 * 3600 * 1000;
/** As many as the server takes at once. */
const takenAtMost = 10;

/** A board on which everybody stands once, with their best. */
export function ranked(top: Standing[], one: Standing): Standing[] {
  const before = top.find(({ name }) => name === one.name);
  if (before && before.score >= one.score) return top;
  const others = top.filter((other) => other !== before);
  // Who was there first stays in front of equals.
  const behind = others.findIndex(({ score }) => score < one.score);
  const at = behind < 0 ? others.length : behind;
  return [...others.slice(0, at), one, ...others.slice(at)].slice(0, topAtMost);
}

export class Scores {
  account = $state.raw<Account | null>(null);
  /** Stored on the server. */
  #history = $state.raw<History>([]);
  #best = $state(0);
  #count = 0;
  /** A guest's own results; of an account, those that the server has not yet. */
  kept = $state.raw<Made[]>([]);
  top = $state.raw<Standing[]>([]);
  #told = $state<number | null>(null);
  #shelf = Shelf.ofGuest();

  /** Oldest first. */
  readonly history = $derived<History>([...this.#history, ...this.kept.map(({ at, score }): History[number] => [at, score])]);
  readonly best = $derived(Math.max(this.#best, ...this.kept.map(({ score }) => score)));
  /** One's own; what others do is known as far as the board reaches. */
  readonly place = $derived.by(() => {
    const own = this.top.find(({ name }) => name === this.account?.name);
    return own ? 1 + this.top.filter(({ score }) => score > own.score).length : this.#told;
  });

  constructor() {
    this.kept = this.#shelf.all;
  }

  /** What a guest made today goes along into the account that they log in to. */
  signedIn(account: Account, now: number): void {
    if (this.account?.id === account.id) return;
    this.#turnTo(account, Shelf.of(account.id));
    const guest = Shelf.ofGuest();
    this.#shelf.add(...guest.all.filter(({ at }) => now - at < takenAlong).slice(-takenAtMost));
    guest.clear();
    this.kept = this.#shelf.all;
  }

  signedOut(): void {
    if (this.account !== null) this.#turnTo(null, Shelf.ofGuest());
  }

  #turnTo(account: Account | null, shelf: Shelf): void {
    this.account = account;
    this.#shelf = shelf;
    this.#history = [];
    this.#best = this.#count = 0;
    this.top = [];
    this.#told = null;
    this.kept = shelf.all;
  }

  /** A result of this page; it is safe from now on. */
  made(score: number, now: number): void {
    this.#shelf.add({ id: newId(), at: now, score });
    this.kept = this.#shelf.all;
  }

  /** What to hand in next. */
  get next(): Made | null {
    return this.account === null ? null : (this.kept[0] ?? null);
  }

  joined(reply: ScoreJoined): void {
    this.#history = reply.history;
    this.#best = reply.best ?? 0;
    this.#count = reply.count;
    this.top = reply.top;
    this.#told = reply.place;
    // Another tab may have handed some in meanwhile.
    this.kept = this.#shelf.all;
  }

  /** The server has it. */
  stored({ id, score }: Made, { best, place, count, at }: Stored): void {
    this.#putAway(id);
    this.#learn(score, count, at);
    this.#best = Math.max(this.#best, best);
    this.#told = place;
    if (this.account) this.top = ranked(this.top, { name: this.account.name, score: best });
  }

  /** The server will never take it. */
  refused({ id }: Made): void {
    this.#putAway(id);
  }

  /** Somebody's score, perhaps one's own on another page, or the one that is being handed in. */
  heard({ name, score, place, count, at }: Heard): void {
    this.top = ranked(this.top, { name, score });
    if (name !== this.account?.name) return;
    // What is like the one that is being handed in may be it: only its answer says so.
    if (this.next?.score !== score) this.#learn(score, count, at);
    this.#best = Math.max(this.#best, score);
    this.#told = place;
  }

  #learn(score: number, count: number, at: number): void {
    if (count <= this.#count) return;
    this.#count = count;
    this.#history = [...this.#history, [at, score] as History[number]].slice(-historyAtMost);
  }

  #putAway(id: string): void {
    this.#shelf.remove(id);
    this.kept = this.#shelf.all;
  }
}
