// What a screen reader is told of the room: phases and results, nothing that moves.
import { t, list } from '../i18n';
import { headline, ordinal, rulesLine, score } from '../race';
import type { Phase, Results, Rules } from '../wire';

interface Told {
  phase: Phase;
  rules: Rules;
  nextRules: Rules;
  results: Results | null;
  ended: boolean;
}

const placesTold = 3;

export function stateOf({ phase, rules, nextRules, results, ended }: Told): string {
  if (ended) return t('ended.title');
  switch (phase) {
    case 'lobby':
      return rulesLine(nextRules);
    case 'countdown':
      return `${t('header.marks')}. ${rulesLine(rules)}`;
    case 'running':
      return t('announce.go');
    case 'finishing':
      return t('header.photo');
    case 'finished':
      return results?.final ? outcomeOf(results, rules) : t('header.photo');
  }
}

function outcomeOf(results: Results, rules: Rules): string {
  const told = results.places.filter((place) => place.taps > 0).slice(0, placesTold);
  const places = told.map((place) => `${ordinal(place.place)} ${place.name}, ${score(place, results.mode ?? rules.mode)}.`);
  return [headline(results), ...places].join(' ');
}

/** Who came since the last word about it; a crowd is told as a number. */
export function arrivalsOf(names: string[], count: number): string {
  const who = names.length > 0 && names.length <= 3 ? `${t('announce.joined', { n: names.length, names: list(names) })} ` : '';
  return `${who}${t('header.racers', { n: count })}`;
}
