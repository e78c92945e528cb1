// What a phone knows about its racer and the race. It takes what the server sent and never the
// socket. The count on screen is the phone's own, so that no tap waits for an answer.
import { Clock } from '../clock';
import { defaultRules } from '../race';
import { recall, Tally, type Tapped } from '../tally';
import { outcomeOf } from './outcome';
import type { Chosen, Input, Phase, PhaseChange, PlayJoined, Recorded, Results, Rules, Side, TournamentOfMine, You } from '../wire';

export class Phone {
  racer = $state.raw<PlayJoined['racer'] | null>(null);
  room = $state('');
  chat = $state<string | null>(null);
  cohost = $state(false);
  phase = $state<Phase>('lobby');
  rules = $state.raw<Rules>(defaultRules);
  /** What the host has chosen since the last race began. */
  chosen = $state.raw<Rules | null>(null);
  heat = $state(0);
  goAt = $state<number | null>(null);
  endsAt = $state<number | null>(null);
  inHeat = $state(false);
  team = $state<Side | null>(null);
  place = $state<number | null>(null);
  of = $state(0);
  /** The server's count. */
  taps = $state(0);
  refused = $state(0);
  falseStarts = $state(0);
  /** By how many milliseconds the last claim was credited earlier than it came. */
  compensated = $state<number | null>(null);
  /** How many phones the open finish waits for. */
  waitingFor = $state(0);
  /** The last word on this racer in this heat. */
  final = $state.raw<You | null>(null);
  results = $state.raw<Results | null>(null);
  tournament = $state.raw<TournamentOfMine | null>(null);
  /** The name of the account that this phone races for. */
  account = $state<string | null>(null);
  /** What this heat was for the account. */
  recorded = $state.raw<Recorded | null>(null);
  /** Of a thousand: the part of the course that this racer runs in races with a handicap. */
  handicap = $state<number | null>(null);
  /** Everything tapped in this heat, counting or not. */
  n = $state(0);
  /** Taps of this page that came before the gun. */
  early = $state(0);
  /** Taps of this page that came after the end. */
  late = $state(0);
  /** Whether this phone's gun has fired. */
  started = $state(false);
  over = $state(false);
  /** How late this phone's gun fired by its own clock, and how far that clock may be wrong. */
  gun = $state.raw<{ late: number; unsure: number } | null>(null);
  firstTap = $state<number | null>(null);

  #fromTheStart = true;
  /** Of this heat; a new calibration counts from the next. */
  #course = $state<number | null>(null);

  readonly clock = new Clock();
  readonly tally = new Tally();
  /** How often it says its count while it taps on, in milliseconds: less often in a crowd. */
  reportEvery = 50;

  readonly input = $derived<Input>(this.rules.input ?? 'tap');
  /** The taps that this racer's course takes, where there is a course. */
  readonly goal = $derived(this.rules.mode === 'sprint' ? (this.#course ?? this.rules.taps) : null);
  /** Taps that count, as far as this phone knows. */
  readonly count = $derived.by(() => {
    const good = Math.max(0, this.n - Math.max(this.early, this.falseStarts) - this.refused);
    return this.goal === null ? good : Math.min(good, this.goal);
  });
  readonly racing = $derived(
    this.inHeat && (this.phase === 'countdown' || this.phase === 'running' || this.phase === 'finishing'),
  );
  readonly finished = $derived(this.goal !== null && this.count >= this.goal);
  readonly outcome = $derived(
    outcomeOf({
      results: this.results,
      own: this.results?.places.find((place) => place.id === this.racer?.id),
      you: this.final,
      taps: this.taps,
      place: this.place,
      of: this.of,
      team: this.team,
      isSprint: this.rules.mode === 'sprint',
    }),
  );
  /** What comes next, as far as it is known. */
  readonly next = $derived(this.chosen ?? this.rules);
  /** What a racer may try before the next race: another kind of input, or how fast they are. */
  readonly tries = $derived.by(() => {
    const { input = 'tap', handicap } = this.next;
    return input === 'tap' ? (handicap ? 'calibrate' : null) : input;
  });

  joined(reply: PlayJoined, remembered: string | null): void {
    this.clock.guess(reply.now);
    const same =
      reply.racer.id === this.racer?.id && reply.heat === this.heat && (reply.go_at == null || reply.go_at === this.goAt);
    this.racer = reply.racer;
    this.room = reply.room;
    this.chat = reply.chat ?? null;
    this.chosen = reply.next_rules ?? null;
    this.cohost = reply.cohost ?? false;
    this.handicap = reply.handicap ?? null;
    this.account = reply.account ?? null;
    // What is on is told after the join.
    this.tournament = null;
    if (!same) this.#clear();
    this.#enter(reply);
    this.inHeat = reply.in_heat ?? true;
    this.team = reply.team ?? this.#teamIn(reply);
    this.#course = reply.rules.handicap ? (reply.course ?? null) : null;
    const claimed = reply.claimed ?? reply.taps;
    this.taps = reply.taps;
    this.refused = reply.refused ?? 0;
    // Past a sprint's goal the surplus is no false start; `you` tells them apart.
    const surplus = this.goal !== null && reply.taps >= this.goal;
    if (!surplus) this.falseStarts = Math.max(0, claimed - this.taps - this.refused);
    const kept = recall(remembered, {
      racer: String(reply.racer.id),
      heat: reply.heat,
      goAt: this.goAt ?? NaN,
    });
    if (Math.max(claimed, kept.n) > this.tally.n) this.#fromTheStart = false;
    if (same) this.tally.resume(claimed, kept);
    else this.tally.begin(reply.heat, claimed, kept);
    this.n = this.tally.n;
    if (reply.results) this.resultsIn(reply.results);
  }

  phaseChanged(change: PhaseChange): void {
    this.clock.guess(change.now);
    const next = change.heat !== this.heat;
    if (next || change.phase === 'lobby') this.#clear();
    this.#enter(change);
    if (next) {
      this.tally.begin(change.heat);
      this.n = 0;
    }
    if (change.field && this.racer) this.inHeat = change.field.includes(this.racer.lane);
    else if (change.phase === 'countdown') this.inHeat = true;
    if (change.phase === 'countdown') this.#course = this.courseOf(change.rules);
    // A crowd's teams are not listed: each phone is told its own.
    if (change.teams || change.phase === 'countdown' || change.rules.mode !== 'tug') this.team = this.#teamIn(change);
  }

  /** Another heat, or none: what was of the last one is no more. */
  #clear(): void {
    this.place = this.final = this.results = this.recorded = this.gun = this.firstTap = this.compensated = null;
    this.taps = this.refused = this.falseStarts = this.early = this.late = this.waitingFor = 0;
    this.started = this.over = false;
    this.#fromTheStart = true;
  }

  #enter(change: PhaseChange): void {
    if (change.phase === 'countdown') this.chosen = null;
    this.reportEvery = change.report_every ?? this.reportEvery;
    this.phase = change.phase;
    this.heat = change.heat;
    this.rules = change.rules;
    this.goAt = change.go_at ?? null;
    this.endsAt =
      change.ends_at ??
      (change.rules.mode === 'timed' && this.goAt !== null ? this.goAt + change.rules.seconds * 1000 : null);
    if (change.phase === 'running' || change.phase === 'finishing') this.started = true;
    // Who hears that the race is decided taps no more, so that no phone has longer than another. A
    // server that comes back from before that moment lets the race go on.
    this.over = change.phase === 'finishing';
    if (change.phase === 'running') this.final = this.results = null;
  }

  rulesChosen({ rules }: Chosen): void {
    this.chosen = rules;
  }

  renamed(name: string): void {
    if (this.racer) this.racer = { ...this.racer, name };
  }

  /** What this racer would run under these rules; null where everybody runs the same. */
  courseOf(rules: Rules): number | null {
    if (!rules.handicap || rules.mode !== 'sprint' || this.handicap === null) return null;
    return Math.max(1, Math.ceil((rules.taps * this.handicap) / 1000));
  }

  #teamIn(change: PhaseChange): Side | null {
    return (this.racer && change.teams?.[this.racer.lane]) ?? null;
  }

  you(you: You): void {
    if (you.heat !== this.heat) return;
    this.taps = you.taps;
    this.refused = you.refused;
    this.falseStarts = you.false_starts ?? this.falseStarts;
    this.inHeat = you.in_heat ?? this.inHeat;
    this.team = you.team ?? this.team;
    this.compensated = you.compensated ?? this.compensated;
    this.waitingFor = you.waiting_for ?? 0;
    this.place = you.place;
    this.of = you.of;
    if (you.final) this.final = you;
  }

  resultsIn(results: Results): void {
    if (results.heat !== this.heat) return;
    this.results = results;
    const own = results.places.find((place) => place.id === this.racer?.id);
    if (own && results.final) this.taps = own.taps;
  }

  recordedIn(recorded: Recorded): void {
    if (recorded.heat === this.heat) this.recorded = recorded;
  }

  /** A finger came down at a local time; in other kinds of input, so many steps were made. */
  tap(moment: number, steps = 1): Tapped {
    if (!this.racing || this.goAt === null) return 'idle';
    const at = this.clock.at(moment) - this.goAt;
    if (this.over || (this.endsAt !== null && this.goAt + at >= this.endsAt)) {
      this.over = true;
      this.late += steps;
      return 'over';
    }
    this.tally.tap(at, steps);
    this.n = this.tally.n;
    if (at < 0) {
      this.early += steps;
      return 'early';
    }
    // Of a heat that another page began, the first tap is not known here.
    if (this.#fromTheStart) this.firstTap ??= Math.round(at);
    return 'counted';
  }

  /** Milliseconds until the gun; negative after it. */
  toGun(): number {
    return this.goAt === null ? 0 : this.goAt - this.clock.at();
  }

  /** The gun has fired on this screen, `late` milliseconds past its time. */
  gunFired(late: number): void {
    this.started = true;
    this.gun = { late, unsure: this.clock.error };
  }

  /** What remains of a timed race, 1 at the gun and 0 at its end. */
  timeLeft(): number {
    if (this.endsAt === null || this.goAt === null) return 0;
    const left = (this.endsAt - this.clock.at()) / (this.endsAt - this.goAt);
    if (left <= 0) this.over = true;
    return Math.min(1, Math.max(0, left));
  }

  /** Whether this racer is through with the heat: its course is done, or its time is up. */
  through(): boolean {
    if (!this.racing || this.phase === 'countdown') return false;
    return this.over || this.finished || this.timeLeft() <= 0 && this.endsAt !== null;
  }

  /** What a reload of this page must find again. */
  remember(): string | null {
    if (this.goAt === null || !this.racer) return null;
    const { n, at } = this.tally;
    return JSON.stringify({ racer: String(this.racer.id), heat: this.heat, goAt: this.goAt, n, at });
  }
}
