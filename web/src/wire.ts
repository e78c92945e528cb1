// What the server sends and takes. Nothing here decides anything.
// All times are integers in milliseconds; `now`, `go_at` and `ends_at` are Unix time by the
// server's clock; `t`, `time` and `at` count from the gun.

export type Phase = 'lobby' | 'countdown' | 'running' | 'finishing' | 'finished';
export type Side = 'left' | 'right';
/** What the phones make steps of: taps, a press that is let go in time, presses on a beat. */
export type Input = 'tap' | 'hold' | 'rhythm';
export type Door = 'open' | 'approve' | 'locked';

interface CommonRules {
  countdown?: number;
  false_start?: 'ignore' | 'penalty';
  max_taps_per_second?: number;
  input?: Input;
  /** Each racer's own course, from what a calibration found; sprints only. */
  handicap?: boolean;
}

export type Rules = CommonRules &
  (
    | { mode: 'sprint'; taps: number }
    | { mode: 'timed'; seconds: number }
    | { mode: 'tug'; lead: number }
  );

/** A person as drawn: somebody who knocks, stands in a bracket or on a board. */
export interface Face {
  name: string;
  colour: string;
  shape: string;
}

export interface Racer extends Face {
  id: number | string;
  lane: number;
  taps: number;
  connected: boolean;
  bot: boolean;
  team?: Side | null;
  refused?: number;
  flagged?: boolean;
  in_heat?: boolean;
  cohost?: boolean;
  /** Races for an account. */
  account?: boolean;
  /** 1000 is the full course. */
  handicap?: number | null;
  /** The taps that this racer's own course takes. */
  course?: number | null;
}

/** Somebody who waits at a door that the host opens one by one. */
export interface Knock extends Face {
  id: number | string;
}

export interface Place {
  place: number;
  id: Racer['id'];
  name: string;
  taps: number;
  time?: number | null;
  margin?: number | null;
  dead_heat: boolean;
  lane?: number;
  colour?: string;
  shape?: string;
  team?: Side | null;
  refused?: number;
  false_starts?: number;
  flagged?: boolean;
  handicap?: number | null;
  course?: number | null;
  gone?: boolean;
}

export interface Results {
  heat: number;
  final: boolean;
  places: Place[];
  winner: Racer['id'] | null;
  winners?: Racer['id'][];
  mode?: Rules['mode'];
  outcome?: 'won' | 'dead_heat' | 'no_taps' | 'abandoned' | 'cancelled';
  team?: Side | null;
  /** For how many phones an open finish is still open. */
  waiting_for?: number;
  /** How many raced, and all their taps; `places` names a thousand at most. */
  of?: number;
  total?: number;
  /** Of a tug. */
  sides?: Record<Side, [racers: number, taps: number]>;
}

export interface PhaseChange {
  phase: Phase;
  heat: number;
  now: number;
  rules: Rules;
  go_at?: number | null;
  ends_at?: number | null;
  teams?: Record<string, Side> | null;
  lanes?: [number, number][];
  /** The lanes that race in this heat; absent when everybody does. */
  field?: number[] | null;
  ghost?: Ghost | null;
  /** How often a phone that taps on says so, in milliseconds; phones only. */
  report_every?: number;
}

/** The best run of this room under exactly these rules. */
export interface Ghost extends Face {
  taps: number;
  time?: number | null;
  /** Taps by time since the gun. */
  trace: [number, number][];
}

export interface Board {
  key: string;
  rules: Rules;
  entries: BoardEntry[];
}

export interface BoardEntry extends Face {
  taps: number;
  time?: number | null;
}

export interface GroupRacer extends Face {
  id: Racer['id'];
  place?: number | null;
  through?: boolean;
}

export interface Group {
  round: number;
  heat: number;
  racers: GroupRacer[];
  done: boolean;
}

/** Rounds and heats count from 1. */
export interface Tournament {
  round: number;
  rounds: number;
  heat_of_round: number;
  heats_in_round: number;
  lanes: number;
  groups: Group[];
  champion?: (Face & { id: Racer['id'] }) | null;
  /** Who won the final; several in a dead heat. */
  champions?: (Face & { id: Racer['id'] })[];
  over?: boolean;
}

/** How people get into the room, and how many race at once. */
export interface RoomSettings {
  door: Door;
  /** 0: as many as the house allows. */
  cap: number;
  /** 0: everybody. */
  lanes: number;
}

export interface QrCode {
  size: number;
  path: string;
}

export interface ConsoleJoined extends Omit<PhaseChange, 'lanes'> {
  room: string;
  host: boolean;
  host_required?: boolean;
  join_url: string;
  join_qr?: QrCode | null;
  locked?: boolean;
  next_rules?: Rules;
  chat?: string;
  /** A thousand at most, those who lead first. */
  racers: Racer[];
  /** How many sit in the room in all. */
  count?: number;
  rope?: number | null;
  results?: Results | null;
  door?: Door;
  cap?: number;
  /** How many race at once; 0: everybody. */
  lanes?: number;
  knocks?: Knock[];
  /** For hosts only: opens this console with its control anywhere. */
  host_url?: string | null;
  host_qr?: QrCode | null;
  tournament?: Tournament | null;
  bests?: Board[];
  /** The `by` of those whose chat the hosts do not want. */
  muted?: string[];
}

/** Past fifty racers `lanes` names only some, and the rest says how all of them stand. */
export interface Tick {
  heat: number;
  t: number;
  lanes: [number, number][];
  rope?: number | null;
  /** How many race. */
  field?: number;
  /** The taps of all of them. */
  total?: number;
  pack?: Pack;
  /** Of a tug. */
  sides?: Record<Side, [racers: number, taps: number]>;
}

/** How many racers stand in each of so many equal slices of 0 to `to`. */
export interface Pack {
  /** The course; thousandths of it with a handicap; without one the most taps that anybody has. */
  to: number;
  counts: number[];
}

/** How many sit in a large room. */
export interface Crowded {
  count: number;
  connected: number;
}

/** What a host has chosen for the next race. */
export interface Chosen {
  rules: Rules;
}

export interface Flag {
  id: Racer['id'];
  refused: number;
  rhythm: boolean;
}

export interface RacerLeft {
  id: Racer['id'];
  why: 'left' | 'timeout' | 'kicked';
}

export interface Cheer {
  id: Racer['id'];
  name: string;
  emoji: string;
}

export interface Synced {
  t0: number;
  now: number;
}

export interface PlayJoined extends PhaseChange {
  racer: Pick<Racer, 'id' | 'name' | 'colour' | 'shape' | 'lane'>;
  seat: string;
  room: string;
  taps: number;
  claimed?: number;
  refused?: number;
  in_heat?: boolean;
  team?: Side | null;
  chat?: string;
  locked?: boolean;
  next_rules?: Rules;
  results?: Results | null;
  cohost?: boolean;
  handicap?: number | null;
  course?: number | null;
  /** What the server counts on as this phone's sign of life, in milliseconds. */
  alive?: number | null;
  /** The house room, which has no code and never closes. */
  house?: boolean;
  /** The name of the account that this seat races for. */
  account?: string;
}

/** A race of the account that a phone races for has been kept. */
export interface Recorded {
  heat: number;
  /** Better than all before under these rules. */
  best: boolean;
  stats: { races: number; wins: number };
  /** The best before, a time or taps; absent at the first race of its kind. */
  previous?: number;
}

/** What a heat was for those who race for accounts. */
export interface Records {
  heat: number;
  racers: (Pick<Racer, 'id' | 'name' | 'taps'> & Pick<Recorded, 'best' | 'previous'> & { time?: number | null })[];
}

/** A co-host's answer to `roster`. */
export interface Roster {
  racers: Racer[];
  knocks: Knock[];
  door: Door;
}

export interface Renamed {
  name: string;
  seat: string;
}

export interface Calibrated {
  handicap: number;
  /** Taps in ten seconds. */
  rate: number;
}

/** How a racer stands in the tournament; null when there is none any more. */
export interface TournamentOfMine {
  state: 'racing' | 'waiting' | 'through' | 'out' | 'champion' | null;
  round?: number;
  rounds?: number;
}

export interface You {
  heat: number;
  taps: number;
  refused: number;
  place: number | null;
  of: number;
  final: boolean;
  claimed?: number;
  false_starts?: number;
  in_heat?: boolean;
  /** In a tug of a crowd, whose teams `phase` does not list. */
  team?: Side;
  time?: number | null;
  margin?: number | null;
  dead_heat?: boolean;
  /** By how much the last claim was credited earlier than it came. */
  compensated?: number;
  /** How many phones the open finish still waits for. */
  waiting_for?: number;
}

export interface ChatMessage {
  id: number | string;
  name: string;
  text: string;
  at: number;
  /** Who said it, whatever name they go by. */
  by?: string;
}

export interface ChatJoined {
  messages: ChatMessage[];
  recovered: boolean;
  /** Messages that a host has deleted, among the latest. */
  deleted?: ChatMessage['id'][];
  /** Keep it and give it with the next join: it makes the same `by`. */
  me?: string;
  by?: string;
}

/** The body of every `{"status":"error"}` reply. */
export interface Refusal {
  reason?: string;
  /** With `waiting for approval`: what to join with from now on. */
  seat?: string;
}
