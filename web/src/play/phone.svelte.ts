// What a phone knows about its racer and the race. It takes what the server sent and never the
// socket. The count on screen is the phone's own, so that no tap waits for an answer.
import { Clock } from '../clock';
import { defaultRules } from '../race';
import { recall, Tally } from '../tally';
import type { Chosen, Phase, PhaseChange, PlayJoined, Results, Rules, Side, You } from '../wire';

/** What became of a tap: counted, too early, too late, or no race to count it in. */
export type Tapped = 'counted' | 'early' | 'over' | 'idle';

export class Phone {
  racer = $state.raw<PlayJoined['racer'] | null>(null);
  room = $state('');
  chat = $state<string | null>(null);
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
  /** The last word on this racer in this heat. */
  final = $state.raw<You | null>(null);
  results = $state.raw<Results | null>(null);
  /** Everything tapped in this heat, counting or not. */
  n = $state(0);
  /** Taps of this page that came before the gun. */
  early = $state(0);
  /** Whether this phone's gun has fired. */
  started = $state(false);
  over = $state(false);
  /** How far from the server's gun this phone's fired, at most, in milliseconds. */
  startError = $state<number | null>(null);
  firstTap = $state<number | null>(null);

  #fromTheStart = true;

  readonly clock = new Clock();
  readonly tally = new Tally();
  reportEvery = 50;

  /** Taps that count, as far as this phone knows. */
  readonly count = $derived.by(() => {
    const good = Math.max(0, this.n - Math.max(this.early, this.falseStarts) - this.refused);
    return this.rules.mode === 'sprint' ? Math.min(good, this.rules.taps) : good;
  });
  readonly racing = $derived(
    this.inHeat && (this.phase === 'countdown' || this.phase === 'running' || this.phase === 'finishing'),
  );
  readonly finished = $derived(this.rules.mode === 'sprint' && this.count >= this.rules.taps);

  joined(reply: PlayJoined, remembered: string | null): void {
    this.clock.guess(reply.now);
    this.racer = reply.racer;
    this.room = reply.room;
    this.chat = reply.chat ?? null;
    this.chosen = reply.next_rules ?? null;
    this.reportEvery = reply.report_every ?? this.reportEvery;
    this.#enter(reply);
    this.inHeat = reply.in_heat ?? true;
    this.team = reply.team ?? this.#teamIn(reply);
    const claimed = reply.claimed ?? reply.taps;
    this.taps = reply.taps;
    this.refused = reply.refused ?? 0;
    // Past a sprint's goal the surplus is no false start; `you` tells them apart.
    const surplus = reply.rules.mode === 'sprint' && reply.taps >= reply.rules.taps;
    if (!surplus) this.falseStarts = Math.max(0, claimed - this.taps - this.refused);
    const kept = reply.go_at == null ? 0 : recall(remembered, String(reply.racer.id), reply.heat, reply.go_at);
    if (Math.max(claimed, kept) > this.tally.n) this.#fromTheStart = false;
    this.tally.resume(reply.heat, claimed, kept);
    this.n = this.tally.n;
    if (reply.results) this.resultsIn(reply.results);
  }

  phaseChanged(change: PhaseChange): void {
    this.clock.guess(change.now);
    const next = change.heat !== this.heat;
    this.#enter(change);
    if (next) {
      this.tally.resume(change.heat, 0);
      this.n = 0;
    }
    if (change.phase === 'countdown') this.inHeat = true;
    if (change.teams) this.team = this.#teamIn(change);
  }

  #enter(change: PhaseChange): void {
    if (change.heat !== this.heat || change.phase === 'lobby') {
      this.place = this.final = this.results = this.startError = this.firstTap = null;
      this.taps = this.refused = this.falseStarts = this.early = 0;
      this.started = this.over = false;
      this.#fromTheStart = true;
    }
    if (change.phase === 'countdown') this.chosen = null;
    this.phase = change.phase;
    this.heat = change.heat;
    this.rules = change.rules;
    this.goAt = change.go_at ?? null;
    this.endsAt =
      change.ends_at ??
      (change.rules.mode === 'timed' && this.goAt !== null ? this.goAt + change.rules.seconds * 1000 : null);
    if (change.phase === 'running' || change.phase === 'finishing') this.started = true;
  }

  rulesChosen({ rules }: Chosen): void {
    this.chosen = rules;
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

  /** A finger came down at a local time. */
  tap(moment: number): Tapped {
    if (!this.racing || this.goAt === null) return 'idle';
    const at = this.clock.at(moment) - this.goAt;
    if (this.endsAt !== null && this.goAt + at >= this.endsAt) {
      this.over = true;
      return 'over';
    }
    this.tally.tap(at);
    this.n = this.tally.n;
    if (at < 0) {
      this.early += 1;
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
    const unsure = Number.isFinite(this.clock.error) ? this.clock.error : 0;
    this.startError = Math.round(Math.abs(late) + unsure);
  }

  /** What remains of a timed race, 1 at the gun and 0 at its end. */
  timeLeft(): number {
    if (this.endsAt === null || this.goAt === null) return 0;
    const left = (this.endsAt - this.clock.at()) / (this.endsAt - this.goAt);
    this.over = left <= 0;
    return Math.min(1, Math.max(0, left));
  }

  /** What a reload of this page must find again. */
  remember(): string | null {
    if (this.goAt === null || !this.racer) return null;
    return JSON.stringify({ racer: String(this.racer.id), heat: this.heat, goAt: this.goAt, n: this.n });
  }
}
