// Binds a phone to its room: the seat, the clock, and the line that carries its taps.
import type { Channel } from 'phoenix';
import { t } from '../i18n';
import { call, isOpen, Live } from '../live';
import { isLasting, roomMayBeMissingFor, sentence } from '../reasons';
import { topic } from '../rooms';
import { keys, lasting } from '../store';
import { ClockSync } from '../sync';
import type { Tapped } from '../tally';
import type { PlayJoined, Refusal, Renamed } from '../wire';
import { Claims, signOfLifeEvery } from './claims';
import { Phone } from './phone.svelte';

/** Where this page stands: at the door, before it, in the room, or out of it for a reason. */
export type Standing = 'door' | 'joining' | 'knocking' | 'in' | 'taken' | 'kicked' | 'closed';

export interface Wish {
  name: string;
  colour?: string | undefined;
  shape?: string | undefined;
}

/** Who races, or waits to, doubts a line that is silent for longer, and waits no longer between two tries. */
const quiet = 1500;
const hurry = 1000;
/** So wrong may a clock be that it is not measured anew for a race. */
const wellMeasured = 25;
/** A connect waits for the account's token no longer than this. */
const tokenWithin = 800;

export class PhoneLink {
  readonly phone = new Phone();
  standing = $state<Standing>('door');
  connected = $state(false);
  problem = $state<string | null>(null);
  /** What this guest would like to be called and to look like. */
  wish = $state.raw<Wish>(rememberedWish());
  /** Whether this phone makes sounds of its own. */
  sound = $state(lasting.get(keys.phoneSound) === 'on');

  readonly #code: string;
  readonly #sync = new ClockSync(this.phone.clock, () => this.#channel);
  readonly #claims = new Claims(this.phone, () => (this.connected && isOpen(this.#channel) ? this.#channel : null));
  #live: Live | null = null;
  #channel: Channel | null = null;
  #ticket: string | null = null;
  /** Shows at the next connect for whom this phone races, where somebody is logged in. */
  #token: string | undefined;
  #asking: Promise<void> | null = null;
  /** Whether the first connection of all is under way with a token. */
  #shows: 'first' | 'no more' | undefined;
  /** A connect anew for the account's sake is tried once. */
  #triedAnew = false;
  /** When this page was last known to sit in its room. */
  #lastIn = -Infinity;

  constructor(code: string) {
    this.#code = code;
    void this.#askWho();
    if (lasting.get(keys.seat(code)) !== null) this.enter();
    else void this.#reserve();

    // Before phoenix.js hears of it, which closes its socket when the page is put away.
    const putAway = () => this.#claims.say(true);
    window.addEventListener('pagehide', putAway);
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') putAway();
    });
    setInterval(() => {
      if (!this.#live) return;
      const hurries = this.phone.racing || this.standing === 'joining' || this.standing === 'knocking';
      this.#live.patience = hurries ? hurry : Infinity;
      if (hurries && this.#live.connected && this.#live.silence > quiet) this.#live.prove();
    }, 500);
  }

  /**
   * Reserves a seat while the guest types a name, so that joining twice is joining once. Says so at
   * once when there is no such room.
   */
  async #reserve(): Promise<void> {
    const response = await fetch('/api/tickets', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ room: this.#code || null }),
    }).catch(() => null);
    const reply = (await response?.json().catch(() => null)) as { ticket?: string; reason?: string } | null;
    this.#ticket = reply?.ticket ?? null;
    if (reply?.reason === 'no such room' && this.standing === 'door') this.problem = sentence(reply.reason);
  }

  /** Asks for a token; guests ask for nothing. */
  #askWho(): Promise<void> | null {
    if (lasting.get(keys.account) === null) return null;
    this.#asking ??= import('../account')
      .then(({ me }) => me())
      .then(({ token }) => void (this.#token = token), () => undefined)
      .finally(() => (this.#asking = null));
    return this.#asking;
  }

  enter(wish = this.wish): void {
    this.wish = wish;
    this.problem = null;
    this.standing = 'joining';
    if (this.#live || !this.#asking) this.#join();
    // No race waits for an account: the seat can be given to it later.
    else void Promise.race([this.#asking, new Promise((resolve) => setTimeout(resolve, tokenWithin))]).then(() => this.#join());
  }

  #join(): void {
    this.#live ??= new Live(
      (connected) => this.#lineIs(connected),
      () => {
        this.phone.clock.forget();
        this.#sync.measure();
      },
      () => this.#show(),
    );
    const { phone } = this;
    this.#channel = this.#live.join<PlayJoined>(topic('play', this.#code), {
      params: () => ({ ...this.wish, seat: this.#seat ?? undefined, ticket: this.#ticket ?? undefined, alive: signOfLifeEvery, guest: lasting.get(keys.account) === null }),
      joined: (reply) => this.#joined(reply),
      refused: (refusal) => this.#refused(refusal),
      lost: () => this.#lineIs(false),
      closed: () => {
        if (this.standing === 'in') this.standing = 'closed';
      },
      events: {
        phase: (change: Parameters<Phone['phaseChanged']>[0]) => {
          phone.phaseChanged(change);
          this.#claims.phaseChanged();
          if (change.phase === 'countdown' && !(phone.clock.error < wellMeasured)) this.#sync.measure();
        },
        rules: phone.rulesChosen.bind(phone),
        you: phone.you.bind(phone),
        results: phone.resultsIn.bind(phone),
        tournament: (mine: Phone['tournament']) => (phone.tournament = mine?.state ? mine : null),
        handicap: ({ handicap }: { handicap: number | null }) => (phone.handicap = handicap),
        cohost: ({ cohost }: { cohost: boolean }) => (phone.cohost = cohost),
        renamed: (renamed: Renamed) => this.#renamed(renamed),
        recorded: phone.recordedIn.bind(phone),
        seat_taken: () => (this.standing = 'taken'),
        kicked: () => (this.standing = 'kicked'),
        room_ended: () => this.#roomEnded(),
      },
    });
  }

  /** Each token is shown once: should it be refused, the next try is a guest's, whose seat is still the account's. */
  #show(): string | undefined {
    const token = this.#token;
    this.#token = undefined;
    if (token) this.#shows ??= 'first';
    return token;
  }

  #lineIs(up: boolean): void {
    if (up) {
      this.#shows = 'no more';
      if (this.standing === 'joining') this.problem = null;
      return;
    }
    if (this.connected) this.#lastIn = performance.now();
    this.connected = false;
    // What was refused for its token says nothing of the network, of which phoenix.js thinks ill by now.
    if (this.#shows === 'first') queueMicrotask(() => this.#live?.renewed());
    this.#shows = 'no more';
    if (this.standing === 'joining') this.problem = t('door.unreachable');
  }

  #joined(reply: PlayJoined): void {
    this.#seat = reply.seat;
    lasting.set(keys.name, this.wish.name || reply.racer.name);
    this.phone.joined(reply, lasting.get(keys.tally(this.#code)));
    this.standing = 'in';
    this.problem = null;
    this.connected = true;
    this.#sync.measure();
    // Whatever was tapped while the line was dead is claimed now.
    this.#claims.joined(reply.alive ?? null);
    if (reply.account) this.#triedAnew = false;
    else if (!this.#triedAnew) void this.#joinAnew();
  }

  /** Who is logged in and came in as a guest, because the answer was late, comes in as themselves. */
  async #joinAnew(): Promise<void> {
    await this.#askWho();
    if (!this.#token || this.phone.account || this.phone.racing) return;
    this.#triedAnew = true;
    this.#live?.renewed();
  }

  #refused({ reason, seat }: Refusal): 'retry' | 'end' {
    if (reason === 'waiting for approval') {
      if (seat) this.#seat = seat;
      this.standing = 'knocking';
      return 'retry';
    }
    // Who already races keeps the screen while a refusal may pass.
    const missing = reason === 'no such room' && performance.now() - this.#lastIn < roomMayBeMissingFor;
    if (this.phone.racer !== null && (missing || !isLasting(reason))) {
      this.connected = false;
      return 'retry';
    }
    if (reason === 'rate limited') {
      this.problem = t('door.rush');
      return 'retry';
    }
    this.problem = sentence(reason);
    this.standing = 'door';
    this.phone.racer = null;
    // A refused seat is worth nothing; the next try is a newcomer's, unless the host wants none of it.
    if (isLasting(reason) && reason !== 'banned') this.#seat = null;
    return 'end';
  }

  #roomEnded(): void {
    this.standing = 'closed';
    this.#seat = null;
  }

  #renamed({ name, seat }: Renamed): void {
    this.#seat = seat;
    this.wish = { ...this.wish, name };
    lasting.set(keys.name, name);
    this.phone.renamed(name);
  }

  get #seat(): string | null {
    return lasting.get(keys.seat(this.#code));
  }

  set #seat(seat: string | null) {
    if (seat === null) lasting.remove(keys.seat(this.#code));
    else lasting.set(keys.seat(this.#code), seat);
  }

  /** Back to the door, to come in again, under another name as they like. */
  toTheDoor(): void {
    this.standing = 'door';
    this.problem = null;
    this.phone.racer = null;
  }

  /** Gives the seat up. */
  leave(): void {
    this.toTheDoor();
    this.#seat = null;
    this.#triedAnew = false;
    // A ticket is the seat it became.
    this.#ticket = null;
    this.#channel?.leave();
  }

  /** Takes the seat back from the other tab. */
  playHere(): void {
    this.enter();
  }

  tap(moment: number, steps = 1): Tapped {
    const tapped = this.phone.tap(moment, steps);
    if (tapped === 'counted' || tapped === 'early') {
      const kept = this.phone.remember();
      if (kept) lasting.set(keys.tally(this.#code), kept);
      this.#claims.say();
    }
    return tapped;
  }

  turnSound(on: boolean): void {
    this.sound = on;
    lasting.set(keys.phoneSound, on ? 'on' : 'off');
  }

  cheer(emoji: string): void {
    if (isOpen(this.#channel)) this.#channel.push('cheer', { emoji });
  }

  /** Asks the room for something; a refusal is thrown as a sentence. */
  async ask<Reply>(event: string, payload: object = {}): Promise<Reply> {
    if (!this.#channel || !this.connected) throw new Error(sentence('no answer from the server'));
    try {
      return await call<Reply>(this.#channel, event, payload);
    } catch (reason) {
      throw new Error(sentence(reason as string));
    }
  }

  async rename(name: string): Promise<void> {
    this.#renamed(await this.ask<Renamed>('rename', { name }));
  }
}

function rememberedWish(): Wish {
  const kept = (key: string) => lasting.get(key) ?? undefined;
  return { name: kept(keys.account) ?? kept(keys.name) ?? '', colour: kept(keys.colour), shape: kept(keys.shape) };
}
