// How a heat came out for one racer, in words.
import { t } from '../i18n';
import { headline, ordinal } from '../race';
import type { Place, Results, Side, You } from '../wire';

export interface Outcome {
  place: number | null;
  taps: number;
  /** Of a sprint that was finished. */
  time: number | null;
  margin: number | null;
  tie: boolean;
  won: boolean;
  title: string;
  /** Who won, and of how many. */
  line: string;
}

interface Known {
  results: Results | null;
  own: Place | undefined;
  you: You | null;
  taps: number;
  place: number | null;
  of: number;
  team: Side | null;
  isSprint: boolean;
}

export function outcomeOf({ results, own, you, taps, place, of, team, isSprint }: Known): Outcome {
  const rank = own?.place ?? you?.place ?? place;
  const counted = own?.taps ?? you?.taps ?? taps;
  const tie = own?.dead_heat ?? you?.dead_heat ?? false;
  const ranked = results?.outcome === undefined || results.outcome === 'won' || results.outcome === 'dead_heat';
  const isTug = results?.team != null;
  const won = ranked && (isTug ? results.team === team : rank === 1);
  const all = results && ranked ? headline(results) : '';
  return {
    place: rank,
    taps: counted,
    time: isSprint ? (own?.time ?? you?.time ?? null) : null,
    margin: own?.margin ?? you?.margin ?? null,
    tie,
    won,
    title: title(),
    line: isTug || !ranked ? '' : [of > 1 ? t('result.of', { n: of }) : '', won ? '' : all].filter(Boolean).join(' '),
  };

  function title(): string {
    if (results && !ranked) return headline(results);
    if (isTug) return won ? t('result.team_won') : t('result.team_lost');
    if (rank === null) return t('result.finished');
    if (won) return tie ? t('result.tie_won') : t('result.won');
    return t(rank <= 3 ? 'result.podium' : 'result.place', { place: ordinal(rank) });
  }
}
