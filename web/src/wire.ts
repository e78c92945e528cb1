// What the server sends and takes. Nothing here decides anything.
// All times are integers in milliseconds; `now`, `go_at` and `ends_at` are Unix time by the
// server's clock; `t`, `time` and `at` count from the gun.

export type Phase = 'lobby' | 'countdown' | 'running' | 'finishing' | 'finished';
export type Side = 'left' | 'right';

interface CommonRules {
  countdown?: number;
  false_start?: 'ignore' | 'penalty';
  max_taps_per_second?: number;
}

export type Rules = CommonRules &
  (
    | { mode: 'sprint'; taps: number }
    | { mode: 'timed'; seconds: number }
    | { mode: 'tug'; lead: number }
  );

export interface Racer {
  id: number | string;
  name: string;
  colour: string;
  shape: string;
  lane: number;
  taps: number;
  connected: boolean;
  bot: boolean;
  team?: Side | null;
  refused?: number;
  flagged?: boolean;
  in_heat?: boolean;
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
  racers: Racer[];
  rope?: number | null;
  results?: Results | null;
}

export interface Tick {
  heat: number;
  t: number;
  lanes: [number, number][];
  rope?: number | null;
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
  report_every?: number;
  locked?: boolean;
  next_rules?: Rules;
  results?: Results | null;
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
  time?: number | null;
  margin?: number | null;
  dead_heat?: boolean;
}

export interface ChatMessage {
  id: number | string;
  name: string;
  text: string;
  at: number;
}

export interface ChatJoined {
  messages: ChatMessage[];
  recovered: boolean;
}

/** The body of every `{"status":"error"}` reply. */
export interface Refusal {
  reason?: string;
}
