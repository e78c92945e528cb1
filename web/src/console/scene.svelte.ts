// Which of its scenes the screen shows.
import type { ConsoleRace } from './race.svelte';
import { championsOf } from './tournament/bracket';

/** How long a heat of a tournament is celebrated before the bracket comes back. */
const celebrated = 9000;

export class Scene {
  readonly #race: ConsoleRace;
  /** The heat whose podium has been seen for long enough, or was turned away from. */
  #seen = $state(-1);

  constructor(race: ConsoleRace) {
    this.#race = race;
    $effect(() => {
      const { heat, phase, results, tournament } = race;
      if (phase !== 'finished' || !results?.final || !tournament) return;
      const timer = setTimeout(() => (this.#seen = heat), celebrated);
      return () => clearTimeout(timer);
    });
  }

  readonly view = $derived.by((): 'lobby' | 'race' | 'finish' => {
    const { phase } = this.#race;
    return phase === 'lobby' ? 'lobby' : phase === 'finished' ? 'finish' : 'race';
  });

  /** The bracket takes all the room there is: nobody can join it any more. */
  readonly layout = $derived.by(() => (this.name === 'bracket' ? 'finish' : this.view));

  readonly name = $derived.by((): 'lobby' | 'race' | 'finish' | 'bracket' | 'champion' => {
    const { tournament, heat } = this.#race;
    if (!tournament || this.view === 'race') return this.view;
    // One that has just begun is shown at once, whatever heat was raced before it.
    const hasBegun = tournament.groups.some((group) => group.done);
    if (this.view === 'finish' && this.#seen !== heat && hasBegun) return 'finish';
    return championsOf(tournament).length > 0 ? 'champion' : 'bracket';
  });

  /** After a heat of a tournament there are two things to look at. */
  readonly canTurn = $derived.by(() => this.#race.tournament !== null && this.view === 'finish');

  turn(): void {
    this.#seen = this.#seen === this.#race.heat ? -1 : this.#race.heat;
  }
}
