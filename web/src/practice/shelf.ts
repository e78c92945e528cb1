// Results that this browser keeps: a guest's own, and those that the server has not yet taken.
import { lasting } from '../store';

export interface Made {
  /** Tells a result that is handed in again from another one that is as good. */
  id: string;
  at: number;
  score: number;
}

const most = 200;

export function newId(): string {
  // `crypto.randomUUID` is for pages from https only.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isMade(value: unknown): value is Made {
  const { id, at, score } = (value ?? {}) as Partial<Made>;
  return typeof id === 'string' && Number.isFinite(at) && Number.isSafeInteger(score);
}

/** Read anew before each change: another tab may have the same shelf. */
export class Shelf {
  readonly #key: string;

  private constructor(key: string) {
    this.#key = key;
  }

  static ofGuest(): Shelf {
    return new Shelf('tap-racer.practice');
  }

  static of(account: number): Shelf {
    return new Shelf(`tap-racer.practice.${account}`);
  }

  get all(): Made[] {
    try {
      const kept: unknown = JSON.parse(lasting.get(this.#key) ?? '[]');
      return Array.isArray(kept) ? kept.filter(isMade) : [];
    } catch {
      return [];
    }
  }

  add(...made: Made[]): void {
    this.#set([...this.all, ...made].slice(-most));
  }

  remove(id: string): void {
    this.#set(this.all.filter((made) => made.id !== id));
  }

  clear(): void {
    lasting.remove(this.#key);
  }

  #set(all: Made[]): void {
    if (all.length === 0) this.clear();
    else lasting.set(this.#key, JSON.stringify(all));
  }
}
