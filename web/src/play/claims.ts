// What a phone says while it races: its count, that it is there, and that nothing more will come.
import type { Channel } from 'phoenix';
import { isOpen } from '../live';
import type { Phone } from './phone.svelte';

/** This phone lets nothing be heard from it no longer than this while a heat is on. */
export const signOfLifeEvery = 1000;

export class Claims {
  readonly #phone: Phone;
  readonly #line: () => Channel | null;
  #due: ReturnType<typeof setTimeout> | null = null;
  #end: ReturnType<typeof setTimeout> | null = null;
  #spoke = -Infinity;
  #lastSaid = false;
  /** What the server counts on, once it has said so. */
  #alive: number | null = null;

  /** `line` is the channel where one would be heard now. */
  constructor(phone: Phone, line: () => Channel | null) {
    this.#phone = phone;
    this.#line = line;
    setInterval(() => this.#stayAlive(), signOfLifeEvery / 4);
  }

  /** A new line: what was said on the old one may never have arrived, or be forgotten. */
  joined(alive: number | null): void {
    this.#alive = alive;
    this.#spoke = performance.now();
    this.#lastSaid = false;
    this.phaseChanged();
  }

  phaseChanged(): void {
    if (this.#phone.phase === 'countdown') this.#lastSaid = false;
    this.#waitForTheEnd();
    this.say();
  }

  /** A timed heat ends by this phone's clock, with or without another tap. */
  #waitForTheEnd(): void {
    if (this.#end) clearTimeout(this.#end);
    const { endsAt, clock } = this.#phone;
    if (endsAt === null || !this.#phone.racing) return;
    const left = endsAt - clock.at();
    this.#end = setTimeout(() => {
      // The clock may have been measured anew meanwhile.
      if (this.#phone.through()) this.say();
      else this.#waitForTheEnd();
    }, Math.max(1, left));
  }

  /** Says what is new as soon as it may; nothing is kept for later, as one claim says it all. */
  say(atOnce = false): void {
    const phone = this.#phone;
    if (!this.#line()) return;
    const last = phone.through() && !this.#lastSaid;
    const due = last ? 0 : phone.tally.due(performance.now(), phone.reportEvery);
    if (due === null) return;
    if (due === 0 || atOnce) {
      if (this.#due) clearTimeout(this.#due);
      this.#due = null;
      this.#lastSaid ||= last;
      this.#push('tap', { ...phone.tally.claim(performance.now()), ...(last && { last }) });
      return;
    }
    this.#due ??= setTimeout(() => {
      this.#due = null;
      this.say();
    }, due);
  }

  #stayAlive(): void {
    if (!this.#phone.racing || this.#alive === null || !this.#line()) return;
    if (performance.now() - this.#spoke >= this.#alive) this.#push('alive', {});
  }

  #push(event: string, payload: object): void {
    this.#spoke = performance.now();
    const channel = this.#line();
    if (isOpen(channel)) channel.push(event, payload);
  }
}
