// What the pages say and draw about a race, as pure functions over what the server sent.
// The server decides places, winners and times; here they only get words and coordinates.
import { list, number, t } from './i18n';
import type { Place, Racer, Results, Rules, Side } from './wire';

export const defaultRules: Rules = { mode: 'sprint', taps: 100 };

/** Above this many racers the screen shows the leaders and the rest as a pack. */
export const lanesAtMost = 50;
export const leadersShown = 10;
/** And above this many the lobby has room for faces only. */
export const namesAtMost = 120;

export function ordinal(n: number): string {
  return t('ordinal', { n });
}

/** A race time: thousandths count here. `10.482 s`, past a minute `1:02.250`. */
export function raceTime(ms: number): string {
  const { minutes, rest } = split(ms);
  return minutes > 0 ? clock(minutes, rest, 3) : t('time.seconds', { n: fixed(rest, 3) });
}

/** A running stopwatch: tenths are what an eye can follow. */
export function stopwatch(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100) * 100;
  const { minutes, rest } = split(tenths);
  return minutes > 0 ? clock(minutes, rest, 1) : fixed(rest, 1);
}

function split(ms: number): { minutes: number; rest: number } {
  const whole = Math.max(0, ms);
  return { minutes: Math.floor(whole / 60_000), rest: (whole % 60_000) / 1000 };
}

function fixed(value: number, digits: number, minimumIntegerDigits = 1): string {
  return number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits, minimumIntegerDigits });
}

function clock(minutes: number, rest: number, digits: number): string {
  return `${minutes}:${fixed(rest, digits, 2)}`;
}

/** How far behind: `+37 ms` while that is the honest unit, `+1.25 s` past a second. */
export function gap(ms: number): string {
  return ms < 1000 ? t('time.milliseconds', { n: `+${Math.round(ms)}` }) : t('time.seconds', { n: `+${fixed(ms / 1000, 2)}` });
}

export function rulesLine(rules: Rules): string {
  switch (rules.mode) {
    case 'sprint':
      return t('rules.sprint', { n: rules.taps });
    case 'timed':
      return t('rules.timed', { n: rules.seconds });
    case 'tug':
      return t('rules.tug', { n: rules.lead });
  }
}

export function sideName(side: Side): string {
  return t(side === 'left' ? 'team.left' : 'team.right');
}

/** Who won, in one line for the whole room. */
export function headline(results: Results): string {
  switch (results.outcome) {
    case 'cancelled':
      return t('outcome.cancelled');
    case 'abandoned':
      return t('outcome.abandoned');
    case 'no_taps':
      return t('outcome.no_taps');
    default:
  }
  if (results.team) return t(results.team === 'left' ? 'outcome.team_left' : 'outcome.team_right');
  const first = results.places.filter((place) => place.place === 1);
  const names = first.map((place) => place.name);
  const [name] = names;
  if (name === undefined) return t('outcome.no_winner');
  if (results.winner === null || names.length > 1) return t('outcome.dead_heat', { names: some(names) });
  return t('outcome.won', { name });
}

function some(names: string[]): string {
  return list(names.length > 3 ? [...names.slice(0, 2), t('outcome.and_more', { n: names.length - 2 })] : names);
}

/** What a place is worth telling: a time where there is one, taps otherwise. */
export function score(place: Pick<Place, 'time' | 'taps'>, mode: Rules['mode'] | undefined): string {
  return place.time != null && mode !== 'timed' ? raceTime(place.time) : t('taps', { n: place.taps });
}

export interface Podium {
  /** As they stand on the steps, first to third; a dead heat may put several on one. */
  steps: Place[];
  rest: Place[];
}

/** Nobody stands on a podium without a tap. */
export function podium(results: Results): Podium {
  const steps = results.places.filter((place) => place.place <= 3 && place.taps > 0).slice(0, 3);
  return { steps, rest: results.places.filter((place) => !steps.includes(place)) };
}

export interface AtTheLine {
  place: Place;
  /** 0 at the winner's moment, 1 at the right end of the strip. */
  x: number;
}

const stripShows = 6;
const shortestStrip = 200;
const longestStrip = 3000;

/** Those who finished soon after the first, laid out by time; empty unless two did. */
export function photoFinish(results: Results): { racers: AtTheLine[]; span: number } {
  const close = results.places
    .filter((place) => place.time != null && place.margin != null && place.margin <= longestStrip)
    .slice(0, stripShows);
  if (close.length < 2) return { racers: [], span: 0 };
  const widest = Math.max(...close.map((place) => place.margin ?? 0));
  const span = Math.max(shortestStrip, widest);
  return { racers: close.map((place) => ({ place, x: (place.margin ?? 0) / span })), span };
}

/**
 * The strip's labels must not lie on each other: keeps the order, moves each right only as far as
 * `room` asks, and back from the right end when they pile up there.
 */
export function spread(xs: number[], room: number): number[] {
  const out: number[] = [];
  for (const x of xs) out.push(Math.max(x, (out[out.length - 1] ?? -Infinity) + room));
  for (let i = out.length - 1, edge = 1; i >= 0; i--, edge = (out[i + 1] ?? 1) - room) {
    out[i] = Math.min(out[i] ?? 0, edge);
  }
  return out;
}

/** Three, two, one; `go` at the gun; nothing long before. */
export function countdownStep(msToGun: number): number | 'go' {
  return msToGun <= 0 ? 'go' : Math.ceil(msToGun / 1000);
}

/** Order of the living: most taps first, then by lane, so that equals do not swap for ever. */
export function byTaps(a: { taps: number; lane: number }, b: { taps: number; lane: number }): number {
  return b.taps - a.taps || a.lane - b.lane;
}

/** The taps to a racer's own finish: all the same, or their own with a handicap. Null where there is none. */
export function courseOf(racer: Pick<Racer, 'course'>, rules: Rules): number | null {
  if (rules.mode !== 'sprint') return null;
  return (rules.handicap && racer.course) || rules.taps;
}

/**
 * How far along the track, 0 to 1, for a sprint of `course` taps. A timed race has no fixed end: its
 * leader keeps pace with the clock.
 */
export function progress(rules: Rules, taps: number, mostTaps: number, elapsed: number, course: number | null = null): number {
  if (rules.mode === 'sprint') return clamp(taps / (course ?? rules.taps));
  if (rules.mode === 'timed') {
    const clock = clamp(elapsed / (rules.seconds * 1000));
    return mostTaps > 0 ? clamp((taps / mostTaps) * clock) : 0;
  }
  return 0;
}

/**
 * How large a racer's face is drawn in the lobby, in hundredths of the screen's width, so that all
 * chips fit: loose chips with whole names first, then a mosaic of equal cells, then faces alone.
 */
export function chipSize(count: number): number {
  const loose = Math.min(13, 17 / Math.sqrt(count));
  const mosaic = 19.6 / Math.sqrt(count);
  const faces = 35 / Math.sqrt(count);
  return Math.round(100 * (count > namesAtMost ? faces : count > lanesAtMost ? mosaic : loose)) / 100;
}

export function clamp(value: number, low = 0, high = 1): number {
  return Math.min(high, Math.max(low, value));
}

/** Bots and guests by lane: the order in which they stand at the start. */
export function byLane(a: Racer, b: Racer): number {
  return a.lane - b.lane;
}

/** Who came last, the very last first: ids are given in the order of coming. */
export function newest(racers: readonly Racer[], most: number): Racer[] {
  const last: Racer[] = [];
  for (const racer of racers) {
    const before = last.findIndex(({ id }) => Number(racer.id) > Number(id));
    if (before >= 0) last.splice(before, 0, racer);
    else if (last.length < most) last.push(racer);
    if (last.length > most) last.pop();
  }
  return last;
}

/** The taps that did not count, in plain words, or nothing when all did. */
export function refusedLine(refused: number, falseStarts: number, rules: Rules): string {
  const penalty = falseStarts > 0 && rules.false_start === 'penalty';
  const lines: string[] = [];
  if (falseStarts > 0) lines.push(t(penalty ? 'refused.penalty' : 'refused.early', { n: falseStarts }));
  if (refused > 0) lines.push(t(penalty ? 'refused.other' : 'refused.fast', { n: refused }));
  return lines.join('. ');
}
