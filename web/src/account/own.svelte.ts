// What the account page knows of whom it belongs to, kept live by the account's own channel.
import type { Account, Pass } from '../account';
import { Live } from '../live';
import type { Profile, RaceRecord } from '../pages/records';
import { request } from './api';
import { isImprovement, type RaceEvent, type ScoreEvent, withRace, withScore } from './profile/changes';

/** News of a moment ago. */
export interface News {
  race: RaceRecord;
  /** Whether it was a personal best. */
  best: boolean;
}

export class OwnLink {
  readonly account: Account;
  /** Null until the server has told. */
  profile = $state.raw<Profile | null>(null);
  connected = $state(true);
  /** Why the server does not tell. */
  problem = $state<string>();
  /** The runs that have come in since this page was opened, newest last. */
  news = $state.raw<News[]>([]);

  /** Somebody is about to leave on purpose, and will say how. */
  isLeaving = false;

  readonly #pass: Pass;
  readonly #live: Live;

  constructor(account: Account, pass: Pass) {
    this.account = account;
    this.#pass = pass;
    this.#live = new Live((up) => !up && this.#lost(), undefined, pass.token);
    this.#live.join<Omit<Profile, 'progress' | 'name' | 'made'>>(`account:${account.id}`, {
      params: () => ({}),
      joined: ({ stats, rules, races, games }) => {
        this.connected = true;
        this.problem = undefined;
        const known = this.profile ?? { ...account, progress: {} };
        this.profile = { ...known, stats, rules, races, games };
        void this.#fetchProgress();
      },
      refused: ({ reason }) => {
        this.connected = false;
        this.problem = reason;
        if (reason === 'unauthorized') void this.#comeAgain();
        return 'retry';
      },
      lost: () => this.#lost(),
      events: {
        race: (event: RaceEvent) => {
          if (!this.profile) return;
          this.news = [...this.news, { race: event.race, best: isImprovement(this.profile, event) }];
          this.profile = withRace(this.profile, event);
        },
        score: (event: ScoreEvent) => {
          if (this.profile) this.profile = withScore(this.profile, event);
        },
        signed_out: () => void pass.renew(),
      },
    });
  }

  /** The token may be why: the next try has a fresh one, or the page hears that nobody is logged in. */
  #lost(): void {
    this.connected = false;
    void this.#pass.renew();
  }

  /** The connection stands, but as somebody else's. */
  async #comeAgain(): Promise<void> {
    if ((await this.#pass.renew())?.token) this.#live.renewed();
  }

  /** What the channel does not tell, as it would be too much for each join. */
  async #fetchProgress(): Promise<void> {
    const answer = await request<Profile>('GET', `/api/players/${encodeURIComponent(this.account.name)}`);
    if (answer.ok && this.profile) this.profile = { ...this.profile, progress: answer.body.progress };
  }

  /** Whether this run came in while the page was open, and what it was. */
  newsOf(id: RaceRecord['id']): News | undefined {
    return this.news.find(({ race }) => race.id === id);
  }
}
