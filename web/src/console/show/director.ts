// Decides what is heard of a room. It is told what the screen learns and hands sounds on; it knows
// neither the socket nor the browser's audio.
import type { Phase, Racer, Results } from '../../wire';
import { ahead, CountdownCues, ending, Pulse, Sparse } from './cues';
import * as sounds from './sounds';
import type { Sounded } from './sounds';

export interface Front {
  /** How near to its end the race is, 0 to 1, and how far the first is ahead of the second. */
  progress: number;
  lead: number;
}

const betweenStrokes = 80;

const endings = { fanfare: sounds.fanfare, 'dead heat': sounds.deadHeat, nothing: sounds.nothing };

export class Director {
  readonly #play: (sound: Sounded, inMs?: number) => void;
  #phase: Phase | null = null;
  #heat = -1;
  #countdown = new CountdownCues();
  #pulse = new Pulse();
  #present: Set<Racer['id']> | null = null;
  #ended = -1;
  /** When the drum's next stroke is due. */
  #stroke = 0;
  readonly #joins = new Sparse(3, 450);
  readonly #cheers = new Sparse(4, 600);

  constructor(play: (sound: Sounded, inMs?: number) => void) {
    this.#play = play;
  }

  /** What was on before this screen was there is not heard again. */
  phase(phase: Phase, heat: number, results: Results | null): void {
    if (phase === 'countdown' && (this.#phase !== phase || this.#heat !== heat)) {
      this.#countdown = new CountdownCues();
      this.#pulse = new Pulse();
    }
    if (phase === 'finishing' && this.#phase === 'running') this.#play(sounds.atTheLine);
    const first = this.#phase === null;
    [this.#phase, this.#heat] = [phase, heat];
    const end = ending(results);
    if (!end || !results || results.heat === this.#ended) return;
    this.#ended = results.heat;
    if (!first) this.#play(endings[end]);
  }

  /** Before every frame: `left` milliseconds to the gun as this screen shows it, or null outside of a heat. */
  frame(now: number, left: number | null, front: () => Front): void {
    if (left === null) return;
    const due = this.#countdown.due(left);
    if (due) this.#play(due.step === 0 ? sounds.gun : sounds.counted(due.step), due.in);
    if (this.#phase === 'finishing') this.#roll(now);
    if (this.#phase !== 'running' || left > -500 || !this.#pulse.isDue(now)) return;
    const { progress, lead } = front();
    const beat = this.#pulse.next(now, progress, lead);
    this.#play(sounds.beat(beat.tension, beat.strong), beat.in);
  }

  #roll(now: number): void {
    if (now + ahead < this.#stroke) return;
    const at = Math.max(this.#stroke, now);
    this.#stroke = at + betweenStrokes;
    this.#play(sounds.rolled, at - now);
  }

  roster(racers: Pick<Racer, 'id' | 'lane'>[], now: number): void {
    const before = this.#present;
    this.#present = new Set(racers.map(({ id }) => id));
    const quiet = this.#phase === 'countdown' || this.#phase === 'running' || this.#phase === 'finishing';
    if (!before || quiet) return;
    for (const { id, lane } of racers) {
      if (!before.has(id) && this.#joins.pass(now)) this.#play(sounds.joined(lane), 90 * (lane % 3));
    }
  }

  cheer(key: number, now: number): void {
    if (this.#cheers.pass(now)) this.#play(sounds.cheered(key));
  }
}
