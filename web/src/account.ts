// Who is logged in here: nobody, who plays as a guest, or an account.
import { keys, lasting } from './store';

export interface Account {
  id: number;
  name: string;
  /** When it was made. */
  made: number;
}

export interface Me {
  account: Account | null;
  /** What a connection shows to be this account's, for `expires_in` milliseconds. */
  token?: string;
  expires_in?: number;
}

/** The account's name as far as this browser remembers: pages that must be small ask `me` only with one. */
export const hint = {
  get name(): string | null {
    return lasting.get(keys.account);
  },
  set name(name: string | null) {
    if (name === null) lasting.remove(keys.account);
    else lasting.set(keys.account, name);
  },
};

/** Null where the server does not say. */
async function ask(): Promise<Me | null> {
  try {
    const response = await fetch('/api/session', { headers: { accept: 'application/json' } });
    if (!response.ok) return null;
    const me = (await response.json()) as Me;
    hint.name = me.account?.name ?? null;
    return me;
  } catch {
    return null;
  }
}

/** Who one is; a guest where the server does not say. */
export async function me(): Promise<Me> {
  return (await ask()) ?? { account: null };
}

/** Renewed when so much of its life is over. */
const worn = 0.8;
/** A connection that fails again and again must not ask again and again. */
const restBetween = 1000;

/** The token of a page's connection, kept fresh. `told` hears every answer of the server. */
export class Pass {
  #me: Me = { account: null };
  #asked = -Infinity;
  #renewAt = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: Promise<Me | null> | null = null;
  readonly #told: (me: Me) => void;

  constructor(told: (me: Me) => void = () => undefined) {
    this.#told = told;
    const wake = () => {
      if (document.visibilityState === 'visible' && Date.now() > this.#renewAt) void this.renew();
    };
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('pageshow', wake);
    window.addEventListener('online', wake);
  }

  /** For `Live`. */
  readonly token = (): string | undefined => this.#me.token;

  /** One question at a time, however many ask. Null where the server does not say: what was known stays. */
  renew(): Promise<Me | null> {
    this.#asking ??= this.#renew().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #renew(): Promise<Me | null> {
    clearTimeout(this.#timer);
    await new Promise((resolve) => setTimeout(resolve, this.#asked + restBetween - Date.now()));
    this.#asked = Date.now();
    const answer = await ask();
    if (answer) this.#take(answer);
    else if (this.#me.token) this.#again(restBetween * 10);
    return answer;
  }

  #take(answer: Me): void {
    this.#me = answer;
    this.#renewAt = Infinity;
    if (answer.token) this.#again((answer.expires_in ?? 0) * worn);
    this.#told(answer);
  }

  #again(wait: number): void {
    this.#renewAt = Date.now() + wait;
    this.#timer = setTimeout(() => void this.renew(), wait);
  }

  /** The next connection is a guest's, until there is a fresh token: this one may have been refused. */
  drop(): void {
    this.#me = { account: this.#me.account };
  }
}
