// What is said of a heat's places beside their order, on the screen and in the picture to share.
import { number, t } from '../../i18n';
import { gap, headline, podium, rulesLine, score } from '../../race';
import type { Kept } from '../race.svelte';
import type { Place, Racer, Results, Rules, Side, Tournament } from '../../wire';

/** What did not count, what looked odd, and what was not the same for all; nothing for most. */
export function notesOf(place: Place, rules: Rules): string[] {
  const notes: string[] = [];
  if (place.gone) notes.push(t('finish.gone'));
  const own = rules.handicap && rules.mode === 'sprint' && place.course !== rules.taps ? place.course : null;
  if (own) notes.push(t('finish.course', { n: own }));
  if (place.false_starts) notes.push(t('finish.early', { n: place.false_starts }));
  if (place.refused) notes.push(t('finish.refused', { n: place.refused }));
  if (place.flagged) notes.push(t('finish.rhythm'));
  return notes;
}

/** What a personal best says of itself; nothing where there was none before to be better than. */
export function recordNote(kept: Kept | undefined): string | null {
  if (!kept?.best || kept.previous === undefined) return null;
  const { previous, time, taps } = kept;
  const better = time != null ? gap(previous - time) : t('taps', { n: taps - previous });
  return t('finish.record_by', { better: better.replace('+', '') });
}

/**
 * What stands beside a place in a list: how far behind the first where that is measured. `brief` where
 * there is no room for words.
 */
export function worth(place: Place, mode: Rules['mode'], brief: boolean): string {
  if (mode === 'timed' && brief) return number(place.taps);
  if (mode !== 'sprint' || place.time == null) return score(place, mode);
  if (place.dead_heat && !brief) return t('finish.dead_heat');
  return place.margin == null ? score(place, mode) : gap(place.margin);
}

/** Closer than this nobody can tell who was first, and so nobody is told to have been. */
const deadHeatWithin = 20;

/** How close it was at the front, in words; null where there is nothing to tell. */
export function closeness(results: Results): string | null {
  const [first, second] = results.places;
  if (first?.time == null || second?.time == null) return null;
  const ms = second.time - first.time;
  if (first.dead_heat && second.dead_heat) {
    return ms === 0 ? t('finish.same_time') : t('finish.too_close', { n: ms, limit: deadHeatWithin });
  }
  return t('finish.ahead', { name: first.name, gap: gap(ms).replace('+', '') });
}

/** Who goes on to the next round, if that heat was a group of a tournament. */
export function through(results: Results, tournament: Tournament | null): Set<Racer['id']> {
  const ran = new Set(results.places.map(({ id }) => id));
  const group = tournament?.groups.findLast(({ done, racers }) => done && racers.length > 0 && racers.every(({ id }) => ran.has(id)));
  return new Set(group?.racers.filter((racer) => racer.through).map(({ id }) => id));
}

export interface Row {
  place: number;
  name: string;
  colour: string | undefined;
  shape: string | undefined;
  side: Side | null;
  worth: string;
}

/** A heat in so few words that a picture holds them. */
export interface Summary {
  headline: string;
  rules: string;
  steps: Row[];
  rows: Row[];
  /** How many more raced than are named. */
  more: number;
}

const rowsBesidePodium = 7;
const rowsAlone = 12;

export function summary(results: Results, rules: Rules): Summary {
  const mode = results.mode ?? rules.mode;
  const row = (place: Place): Row => {
    const { place: number, name, colour, shape, team = null } = place;
    return { place: number, name, colour, shape, side: team, worth: score(place, mode) };
  };
  const teams = results.team != null;
  const { steps, rest } = teams ? { steps: [], rest: byTeam(results.places, results.team ?? 'left') } : podium(results);
  const rows = rest.slice(0, steps.length > 0 ? rowsBesidePodium : rowsAlone);
  return {
    headline: headline(results),
    rules: rulesLine(rules),
    steps: steps.map(row),
    rows: rows.map(row),
    more: (results.of ?? results.places.length) - steps.length - rows.length,
  };
}

/** The winners first, and who pulled most in front. */
export function byTeam(places: Place[], won: Side): Place[] {
  return [...places].sort((a, b) => Number(b.team === won) - Number(a.team === won) || b.taps - a.taps);
}
