// A tournament as the screen lays it out.
import type { Face, Group, Racer, Tournament } from '../../wire';

export interface Round {
  round: number;
  /** `past` rounds are decided, `next` ones not yet drawn. */
  state: 'past' | 'now' | 'next';
  groups: Group[];
}

export function roundsOf(tournament: Tournament): Round[] {
  return Array.from({ length: tournament.rounds }, (_, i): Round => {
    const round = i + 1;
    const groups = tournament.groups.filter((group) => group.round === round);
    const over = round < tournament.round || (groups.length > 0 && groups.every((group) => group.done));
    return { round, state: over ? 'past' : round === tournament.round ? 'now' : 'next', groups };
  });
}

/** Those who won it, if anybody has. */
export function championsOf({ champions, champion }: Tournament): (Face & { id: Racer['id'] })[] {
  return champions ?? (champion ? [champion] : []);
}

/** Nobody races in it any more. */
export function isOver(tournament: Tournament): boolean {
  return tournament.over ?? championsOf(tournament).length > 0;
}

/** The group that races now or next. */
export function groupUp(tournament: Tournament): Group | undefined {
  return tournament.groups.find(
    (group) => !group.done && group.round === tournament.round && group.heat === tournament.heat_of_round,
  );
}

/** How a round is called by those who watch: the last two have names of their own. */
export function roundKind(round: number, rounds: number): 'final' | 'semi' | 'round' {
  return round === rounds ? 'final' : round === rounds - 1 ? 'semi' : 'round';
}

/** Of a card, in letters: the width that a name needs, the lines besides the names, a line’s height. */
const nameWidth = 10.5;
const linesBesides = 2.1;
const lineHeight = 1.27;

/**
 * Lays cards of so many names each into a box: the number of columns that gives the largest letters,
 * and how large they are, in the box's measure.
 */
export function layCards(cards: number, names: number, width: number, height: number): { columns: number; letter: number } {
  let best = { columns: 1, letter: 0 };
  for (let columns = 1; columns <= cards; columns += 1) {
    const rows = Math.ceil(cards / columns);
    const letter = Math.min(width / columns / nameWidth, height / rows / ((names + linesBesides) * lineHeight));
    if (letter > best.letter) best = { columns, letter };
  }
  return best;
}
