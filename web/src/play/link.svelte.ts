// Binds a phone to its room: the seat, the clock, and the claims that carry its taps.
import type { Channel } from 'phoenix';
import { localNow } from '../clock';
import { isOpen, Live } from '../live';
import { isLasting, roomMayBeMissingFor, sentence } from '../reasons';
import { topic } from '../rooms';
import { keys, lasting, passing } from '../store';
import type { PlayJoined, Refusal } from '../wire';
import { Phone, type Tapped } from './phone.svelte';

/** Where this page stands: at the door, in the room, or out of it for a reason. */
export type Standing = 'door' | 'joining' | 'in' | 'taken' | 'kicked' | 'closed';

export interface Wish {
  name: string;
  colour?: string;
  shape?: string;
}

const exchangesAtJoin = 6;
const exchangeGap = 130;
const exchangeEvery = 20_000;
const quietInARace = 1500;

export class PhoneLink {
  readonly phone = new Phone();
  standing = $state<Standing>('door');
  connected = $state(false);
  problem = $state<string | null>(null);

  readonly #code: string;
  #live: Live | null = null;
  #channel: Channel | null = null;
  #wish: Wish = { name: '' };
  /** When this page was last known to sit in its room. */
  #lastIn = -Infinity;
  #claimDue: ReturnType<typeof setTimeout> | null = null;

  constructor(code: string) {
    this.#code = code;
    if (lasting.get(keys.seat(code)) !== null) {
      this.enter({ name: lasting.get(keys.name) ?? '' });
    } else if (code !== '') {
      void this.#look();
    }
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') return;
      this.phone.clock.forget();
      this.#measureClock();
    });
    setInterval(() => this.#measureClock(2), exchangeEvery);
    setInterval(() => {
      if (this.phone.phase === 'running' && this.#live && this.#live.silence > quietInARace) this.#live.prove();
    }, 500);
  }

  /** Says so at once when there is no such room, before anybody has typed a name. */
  async #look(): Promise<void> {
    const response = await fetch(`/api/rooms/${encodeURIComponent(this.#code)}`).catch(() => null);
    if (response?.status === 404) this.problem = sentence('no such room');
  }

  enter(wish: Wish): void {
    this.#wish = wish;
    this.problem = null;
    this.standing = 'joining';
    this.#live ??= new Live((connected) => {
      if (connected) return;
      if (this.connected) this.#lastIn = performance.now();
      this.connected = false;
    });
    const { phone } = this;
    this.#channel = this.#live.join<PlayJoined>(topic('play', this.#code), {
      params: () => {
        const seat = lasting.get(keys.seat(this.#code));
        return { ...this.#wish, ...(seat !== null && { seat }) };
      },
      joined: (reply) => this.#joined(reply),
      refused: (refusal) => this.#refused(refusal),
      lost: () => {
        if (this.connected) this.#lastIn = performance.now();
        this.connected = false;
      },
      closed: () => {
        if (this.standing === 'in') this.standing = 'closed';
      },
      events: {
        phase: phone.phaseChanged.bind(phone),
        rules: phone.rulesChosen.bind(phone),
        you: phone.you.bind(phone),
        results: phone.resultsIn.bind(phone),
        seat_taken: () => (this.standing = 'taken'),
        kicked: () => (this.standing = 'kicked'),
      },
    });
  }

  #joined(reply: PlayJoined): void {
    lasting.set(keys.seat(this.#code), reply.seat);
    lasting.set(keys.name, this.#wish.name || reply.racer.name);
    this.phone.joined(reply, passing.get(keys.tally(this.#code)));
    this.standing = 'in';
    this.connected = true;
    this.#measureClock();
    // Whatever was tapped while the line was dead is claimed now.
    this.#claim();
  }

  #refused({ reason }: Refusal): 'retry' | 'end' {
    // Who already races keeps the screen while a refusal may pass.
    const missing = reason === 'no such room' && performance.now() - this.#lastIn < roomMayBeMissingFor;
    if (this.phone.racer !== null && (missing || !isLasting(reason))) {
      this.connected = false;
      return 'retry';
    }
    this.problem = sentence(reason);
    this.standing = 'door';
    this.phone.racer = null;
    // A refused seat is worth nothing; the next try is a newcomer's, unless the host wants none of it.
    if (isLasting(reason) && reason !== 'banned') lasting.remove(keys.seat(this.#code));
    return 'end';
  }

  /** Back to the door, to come in again, under another name as they like. */
  toTheDoor(): void {
    this.standing = 'door';
  }

  /** Gives the seat up. */
  leave(): void {
    this.toTheDoor();
    lasting.remove(keys.seat(this.#code));
    this.#channel?.leave();
  }

  /** Takes the seat back from the other tab. */
  playHere(): void {
    this.enter(this.#wish);
  }

  tap(moment: number): Tapped {
    const tapped = this.phone.tap(moment);
    if (tapped === 'counted' || tapped === 'early') {
      const kept = this.phone.remember();
      if (kept) passing.set(keys.tally(this.#code), kept);
      this.#claim();
    }
    return tapped;
  }

  cheer(emoji: string): void {
    if (isOpen(this.#channel)) this.#channel.push('cheer', { emoji });
  }

  #claim(): void {
    const { phone } = this;
    // Claims are not queued for later: after a reconnect one claim says it all.
    if (!isOpen(this.#channel) || !this.connected) return;
    const due = phone.tally.due(performance.now(), phone.reportEvery);
    if (due === null) return;
    if (due === 0 || phone.finished) {
      if (this.#claimDue) clearTimeout(this.#claimDue);
      this.#claimDue = null;
      this.#channel.push('tap', phone.tally.claim(performance.now()));
      return;
    }
    this.#claimDue ??= setTimeout(() => {
      this.#claimDue = null;
      this.#claim();
    }, due);
  }

  #measureClock(times = exchangesAtJoin): void {
    const channel = this.#channel;
    if (!isOpen(channel) || document.visibilityState === 'hidden') return;
    const asked = localNow();
    channel.push('sync', { t0: Math.round(asked) }).receive('ok', ({ now }: { now: number }) => {
      this.phone.clock.add({ asked, answered: localNow(), now });
      if (times > 1) setTimeout(() => this.#measureClock(times - 1), exchangeGap);
    });
  }
}
