// What the host has in mind for the next race, on its way to everybody.
import { untrack } from 'svelte';
import type { Rules } from '../../wire';
import { type Choice, choiceOf, plain, rulesOf } from './rules';

export class Draft {
  choice = $state.raw<Choice>(plain);
  readonly rules = $derived(rulesOf(this.choice));

  readonly #announce: (rules: Rules) => Promise<unknown>;
  /** While an order of ours is on its way, what comes back is older than what is shown here. */
  #underway = 0;

  constructor(announce: (rules: Rules) => Promise<unknown>) {
    this.#announce = announce;
  }

  /** The room's rules are others now: another host may have chosen. */
  follow(rules: Rules): void {
    if (this.#underway === 0) this.choice = choiceOf(rules, untrack(() => this.choice));
  }

  async set(change: Partial<Choice>): Promise<void> {
    this.choice = { ...this.choice, ...change };
    this.#underway += 1;
    await this.#announce(this.rules);
    this.#underway -= 1;
  }
}
