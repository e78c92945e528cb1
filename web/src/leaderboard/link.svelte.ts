// Keeps the board that is asked for joined, and the list of those that there are.
import type { Channel } from 'phoenix';
import { call, type Live } from '../live';
import { openLine } from '../pages/line';
import { isLasting, sentence } from '../reasons';
import { addressOf, shownBy, untilNextDay, type Shown } from './address';
import { Board, type BoardChange, type BoardJoined, type Entry, type Kind } from './board.svelte';
import { insteadOf, untilNextLook, withShown } from './kinds';

export class BoardLink {
  readonly board = new Board();
  shown = $state.raw<Shown>(shownBy(location.search));
  kinds = $state.raw<Kind[]>([]);
  /** False while what is shown may be out of date. */
  connected = $state(true);
  problem = $state<string | null>(null);
  #live: Live | null = null;
  #channel: Channel | null = null;
  #turn: ReturnType<typeof setTimeout> | undefined;
  #look: ReturnType<typeof setTimeout> | undefined;
  /** Whether somebody asked for what is shown. */
  #isChosen = new URLSearchParams(location.search).has('rules');

  constructor() {
    void this.#findKinds();
    document.addEventListener('visibilitychange', () => void this.#findKinds());
    void openLine({
      who: (account) => (this.board.own = account?.name ?? null),
      connected: (up) => {
        if (!up) this.connected = false;
      },
    }).then((live) => {
      this.#live = live;
      this.#join();
    });
    addEventListener('popstate', () => {
      this.#isChosen = true;
      this.#turnTo(shownBy(location.search));
    });
  }

  /** Only while somebody can see it: a page that comes back into sight looks at once. */
  async #findKinds(): Promise<void> {
    clearTimeout(this.#look);
    if (document.visibilityState !== 'visible') return;
    this.#look = setTimeout(() => void this.#findKinds(), untilNextLook(Math.random()));
    try {
      const response = await fetch('/api/boards');
      if (response.ok) this.#listed(((await response.json()) as { boards: Kind[] }).boards);
    } catch {
      // The board itself says that the server is away.
    }
  }

  #listed(listed: Kind[]): void {
    const key = this.#isChosen ? null : insteadOf(this.shown.key, listed);
    this.kinds = key ? listed : withShown(listed, this.kinds, this.shown.key);
    if (!key) return;
    const next = { ...this.shown, key };
    history.replaceState(history.state, '', addressOf(next));
    this.#turnTo(next);
  }

  show(change: Partial<Shown>): void {
    const next = { ...this.shown, ...change };
    if (addressOf(next) === addressOf(this.shown)) return;
    this.#isChosen = true;
    history.pushState(history.state, '', addressOf(next));
    this.#turnTo(next);
  }

  #turnTo(next: Shown): void {
    this.shown = next;
    this.#join();
  }

  #join(): void {
    if (!this.#live) return;
    this.#channel?.leave();
    this.board.isHere = false;
    this.problem = null;
    const { key, period } = this.shown;
    const channel = this.#live.join<BoardJoined>(`board:${key}:${period}`, {
      params: () => ({}),
      joined: (reply) => {
        if (channel !== this.#channel) return;
        this.connected = true;
        this.problem = null;
        this.board.joined(reply);
        if (!this.kinds.some((kind) => kind.key === key)) this.kinds = [...this.kinds, { key, rules: reply.rules }];
      },
      refused: ({ reason }) => {
        if (channel !== this.#channel) return 'end';
        this.problem = sentence(reason);
        return isLasting(reason) ? 'end' : 'retry';
      },
      lost: () => {
        if (channel === this.#channel) this.connected = false;
      },
      events: {
        board: (change: BoardChange) => {
          if (channel === this.#channel && this.board.changed(change)) void this.#askForMine(channel);
        },
      },
    });
    this.#channel = channel;
    // A board of today is another one tomorrow, for a screen that stays on as well.
    clearTimeout(this.#turn);
    if (period !== 'all') this.#turn = setTimeout(() => this.#join(), untilNextDay(Date.now(), Math.random()));
  }

  async #askForMine(channel: Channel): Promise<void> {
    try {
      const { me } = await call<{ me?: Entry | null }>(channel, 'me');
      if (channel === this.#channel) this.board.mine(me ?? null);
    } catch {
      // The next change asks again.
    }
  }
}
