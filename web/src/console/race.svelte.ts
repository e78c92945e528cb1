// What a big screen knows about its room. It takes what the server sent and never the socket.
// Taps change twenty times a second: they live in plain tracks that the drawing loop reads, so that
// no update renders a component. Everything that changes rarely is reactive.
import { Clock } from '../clock';
import { Playback, Track } from '../motion';
import { byLane, courseOf, defaultRules, lanesAtMost } from '../race';
import { Crowd, Head } from './crowd';
import type {
  Board, Chosen, ConsoleJoined, Crowded, Door, Flag, Ghost, Knock, Phase, PhaseChange, QrCode, Racer, RacerLeft, Records,
  Results, RoomSettings, Rules, Side, Tick, Tournament,
} from '../wire';

export type Kept = Records['racers'][number];

/** Many may join in one instant; the lobby is drawn anew at most this often, in milliseconds: with more to
 * draw it from, less often. */
const rosterEvery = 60;
const forEachKnown = 0.06;

export class ConsoleRace {
  code = $state('');
  host = $state(false);
  door = $state<Door>('open');
  /** Most racers; 0: as many as the house allows. */
  cap = $state(0);
  /** How many race at once; 0: everybody. */
  lanes = $state(0);
  /** Those who wait at the door, who came first in front. */
  knocks = $state.raw<Knock[]>([]);
  joinUrl = $state('');
  qr = $state.raw<QrCode | null>(null);
  /** Opens this console with its control anywhere; hosts only. */
  hostUrl = $state<string | null>(null);
  hostQr = $state.raw<QrCode | null>(null);
  tournament = $state.raw<Tournament | null>(null);
  bests = $state.raw<Board[]>([]);
  /** The run to beat in this heat. */
  ghost = $state.raw<Ghost | null>(null);
  /** The host has closed the room for good. */
  ended = $state(false);
  phase = $state<Phase>('lobby');
  heat = $state(0);
  /** Those of the heat that is on, or was last. */
  rules = $state.raw<Rules>(defaultRules);
  #chosen = $state.raw<Rules | null>(null);
  /** Those of the next heat, as far as they are known. */
  readonly nextRules = $derived(this.#chosen ?? this.rules);
  goAt = $state<number | null>(null);
  results = $state.raw<Results | null>(null);
  /** What the heat was for those who race for accounts. */
  records = $state.raw<ReadonlyMap<Racer['id'], Kept>>(new Map());
  /** Those in the room whom the screen knows, by lane: in a crowd not all. */
  roster = $state.raw<Racer[]>([]);
  #told = $state(0);
  /** How many sit in the room. Small rooms are known one by one, and large ones counted. */
  readonly count = $derived(this.roster.length > lanesAtMost ? Math.max(this.#told, this.roster.length) : this.roster.length);
  /** How many race, where the server has said so: in a crowd. */
  field = $state<number | null>(null);
  /** -1000 to 1000, negative when the left team leads. */
  rope = $state(0);

  readonly clock = new Clock();
  playback = new Playback();
  head = new Head();
  crowd = new Crowd();
  readonly #racers = new Map<Racer['id'], Racer>();
  readonly #inLane = new Map<number, Racer>();
  #tracks = new Map<number, Track>();
  #rosterDue: ReturnType<typeof setTimeout> | null = null;

  joined(reply: ConsoleJoined): void {
    this.clock.guess(reply.now);
    this.code = reply.room;
    this.host = reply.host;
    this.door = reply.door ?? (reply.locked ? 'locked' : 'open');
    this.cap = reply.cap ?? 0;
    this.lanes = reply.lanes ?? 0;
    this.knocks = reply.knocks ?? [];
    this.#chosen = reply.next_rules ?? null;
    this.joinUrl = reply.join_url;
    this.qr = reply.join_qr ?? null;
    this.hostUrl = reply.host_url ?? null;
    this.hostQr = reply.host_qr ?? null;
    this.tournament = reply.tournament ?? null;
    this.bests = reply.bests ?? [];
    this.#racers.clear();
    this.#inLane.clear();
    for (const racer of reply.racers) this.#seat(racer);
    this.#told = reply.count ?? 0;
    this.#enter(reply);
    this.rope = reply.rope ?? 0;
    this.results = reply.results ?? null;
    for (const racer of reply.racers) this.#record(racer.lane, racer.taps, this.elapsed());
    this.#lineUp();
    this.#publish();
  }

  phaseChanged(change: PhaseChange): void {
    this.clock.guess(change.now);
    if (change.heat !== this.heat) {
      this.results = null;
      this.records = new Map();
      this.rope = 0;
      for (const racer of this.#racers.values()) Object.assign(racer, { taps: 0, refused: 0, flagged: false });
    }
    this.#enter(change);
    if (change.phase === 'countdown') this.#lineUp();
    for (const [lane, taps] of change.lanes ?? []) this.#record(lane, taps, this.elapsed());
    this.#publish();
  }

  #enter(change: Omit<PhaseChange, 'lanes'>): void {
    if (change.heat !== this.heat || change.phase === 'countdown' || change.phase === 'lobby') {
      this.#tracks = new Map();
      this.playback = new Playback();
      this.head = new Head();
      this.crowd = new Crowd();
      this.field = null;
    }
    if (change.phase === 'countdown') this.#chosen = null;
    if (change.phase === 'lobby') this.results = null;
    this.phase = change.phase;
    this.heat = change.heat;
    this.rules = change.rules;
    this.goAt = change.go_at ?? null;
    this.ghost = change.ghost ?? (change.phase === 'lobby' || change.phase === 'countdown' ? null : this.ghost);
    if (change.phase === 'countdown') this.#line(change.field ?? null);
    if (change.teams) this.#team(change.teams);
  }

  /** Who races in the heat that begins: those in these lanes, or everybody. */
  #line(field: number[] | null): void {
    const lanes = field && new Set(field);
    for (const racer of this.#racers.values()) racer.in_heat = lanes?.has(racer.lane) ?? true;
  }

  /** Who leads of those who race; before anybody has tapped, those in the first lanes. */
  #lineUp(): void {
    this.head = new Head();
    for (const racer of this.#racers.values()) if (racer.in_heat !== false) this.#stands(racer, this.#tracks.get(racer.lane)?.taps ?? 0, 0);
  }

  #stands(racer: Racer, taps: number, since: number): void {
    this.head.stands(racer.lane, taps / (courseOf(racer, this.rules) ?? 1), since);
  }

  #team(teams: Record<string, Side>): void {
    for (const racer of this.#racers.values()) racer.team = teams[racer.lane] ?? null;
  }

  tick(tick: Tick): void {
    if (tick.heat !== this.heat) return;
    const stillAt = this.playback.latest;
    this.playback.heard(tick.t, performance.now());
    for (const [lane, taps] of tick.lanes) this.#record(lane, taps, tick.t, stillAt);
    if (tick.rope != null) this.rope = tick.rope;
    this.crowd.tick(tick);
    if (tick.field !== undefined) this.field = tick.field;
  }

  #record(lane: number, taps: number, t: number, stillAt = t): void {
    let track = this.#tracks.get(lane);
    if (!track) this.#tracks.set(lane, (track = new Track()));
    track.record(t, taps, stillAt);
    const racer = this.#inLane.get(lane);
    if (racer) this.#stands(racer, track.taps, t);
  }

  #seat(racer: Racer): void {
    this.#racers.set(racer.id, racer);
    this.#inLane.set(racer.lane, racer);
  }

  /** A racer who comes, who changes, or who was one of the many and now has to be known. */
  racerTold(racer: Racer): void {
    this.#seat({ ...this.#racers.get(racer.id), ...racer });
    this.#publishSoon();
  }

  racerLeft(left: RacerLeft): void {
    const lane = this.#racers.get(left.id)?.lane;
    this.#racers.delete(left.id);
    if (lane !== undefined && this.#inLane.get(lane)?.id === left.id) {
      this.#inLane.delete(lane);
      this.head.gone(lane);
    }
    this.#publishSoon();
  }

  crowded({ count }: Crowded): void {
    this.#told = count;
  }

  flagged(flag: Flag): void {
    const known = this.#racers.get(flag.id);
    if (!known) return;
    this.#seat({ ...known, refused: flag.refused, flagged: known.flagged || flag.rhythm });
    this.#publishSoon();
  }

  finished(results: Results): void {
    if (results.heat === this.heat) this.results = results;
  }

  recorded({ heat, racers }: Records): void {
    if (heat === this.heat) this.records = new Map(racers.map((racer) => [racer.id, racer]));
  }

  rulesChosen({ rules }: Chosen): void {
    this.#chosen = rules;
  }

  roomChanged({ door, cap, lanes }: RoomSettings): void {
    this.door = door;
    this.cap = cap;
    this.lanes = lanes;
    if (door !== 'approve') this.knocks = [];
  }

  knocked(knock: Knock): void {
    const known = this.knocks.some(({ id }) => id === knock.id);
    this.knocks = known ? this.knocks.map((other) => (other.id === knock.id ? knock : other)) : [...this.knocks, knock];
  }

  knockGone({ id }: Pick<Knock, 'id'>): void {
    this.knocks = this.knocks.filter((knock) => knock.id !== id);
  }

  tournamentChanged({ tournament }: { tournament: Tournament | null }): void {
    this.tournament = tournament;
  }

  bestsChanged({ boards }: { boards: Board[] }): void {
    this.bests = boards;
  }

  roomEnded(): void {
    this.ended = true;
  }

  #publishSoon(): void {
    this.#rosterDue ??= setTimeout(() => this.#publish(), Math.max(rosterEvery, forEachKnown * this.#racers.size));
  }

  #publish(): void {
    if (this.#rosterDue) clearTimeout(this.#rosterDue);
    this.#rosterDue = null;
    this.roster = [...this.#racers.values()].sort(byLane);
  }

  racerIn(lane: number): Racer | undefined {
    return this.#inLane.get(lane);
  }

  /** The lane's taps as they move; a lane nobody tapped in yet stands at the start. */
  track(lane: number): Track | undefined {
    return this.#tracks.get(lane);
  }

  /** Milliseconds since the gun, by the server's clock; negative before it. */
  elapsed(): number {
    return this.goAt === null ? 0 : this.clock.at() - this.goAt;
  }

  /** The moment to draw: a little in the past, where both neighbours of each state are known. */
  moment(): number {
    return this.playback.moment(performance.now());
  }
}
