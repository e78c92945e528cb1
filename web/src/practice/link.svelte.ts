// Binds a player's practice to `score:practice`: each result goes there once, and those of other pages
// come from there.
import type { Channel } from 'phoenix';
import type { Account } from '../account';
import { call, isOpen, type Live } from '../live';
import { openLine } from '../pages/line';
import { sentence } from '../reasons';
import { Scores, type Heard, type ScoreJoined, type Stored } from './scores.svelte';
import type { Made } from './shelf';

/** Refusals that no other try will mend. */
const forGood = ['bad score', 'too many games', 'no such game'];
const againAfter = 2000;

export class PracticeLink {
  readonly scores = new Scores();
  /** Whether results reach the account now. */
  connected = $state(false);
  /** Whether it is known who plays. */
  known = $state(false);
  problem = $state<string | null>(null);
  #live: Live | null = null;
  #channel: Channel | null = null;
  /** What is handed in, and over which connection: the answer of an earlier one counts no more. */
  #handing: object | null = null;

  constructor() {
    const who = (account: Account | null) => this.#who(account);
    void openLine({ who, connected: (up) => up || this.#lost() }).then((live) => {
      this.#live = live;
      this.known = true;
      this.#join();
    });
  }

  #who(account: Account | null): void {
    if (account?.id === this.scores.account?.id) return;
    this.#channel?.leave();
    this.#channel = null;
    this.#lost();
    if (account) this.scores.signedIn(account, Date.now());
    else this.scores.signedOut();
    this.#join();
  }

  #join(): void {
    if (!this.#live || !this.scores.account || this.#channel) return;
    this.#channel = this.#live.join<ScoreJoined>('score:practice', {
      params: () => ({}),
      joined: (reply) => {
        this.scores.joined(reply);
        this.connected = true;
        this.problem = null;
        this.#handing = null;
        void this.#handIn();
      },
      refused: ({ reason }) => {
        // A connection that was opened as a guest's: the one with the token follows.
        if (reason !== 'unauthorized') this.problem = sentence(reason);
        return 'retry';
      },
      lost: () => this.#lost(),
      events: { score: (heard: Heard) => this.scores.heard(heard) },
    });
  }

  #lost(): void {
    this.connected = false;
    this.#handing = null;
  }

  made(score: number): void {
    this.scores.made(score, Date.now());
    void this.#handIn();
  }

  /** One after the other, each until the server has said that it has it. */
  async #handIn(): Promise<void> {
    const { next } = this.scores;
    const channel = this.#channel;
    if (!next || this.#handing || !this.connected || !isOpen(channel)) return;
    const handing = (this.#handing = {});
    const took = await this.#push(channel, next);
    if (this.#handing !== handing) return;
    this.#handing = null;
    if (took) void this.#handIn();
    else setTimeout(() => void this.#handIn(), againAfter);
  }

  async #push(channel: Channel, made: Made): Promise<boolean> {
    try {
      this.scores.stored(made, await call<Stored>(channel, 'new_score', { score: made.score, id: made.id }));
      this.problem = null;
      return true;
    } catch (reason) {
      const lasting = forGood.includes(reason as string);
      if (lasting) this.scores.refused(made);
      if (reason !== 'rate limited') this.problem = sentence(reason as string);
      return lasting;
    }
  }
}
