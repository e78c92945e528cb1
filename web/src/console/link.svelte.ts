// Binds a room's topic to the screen's state, and gives the host's orders a way out.
import type { Channel } from 'phoenix';
import { t } from '../i18n';
import { ask, isOpen, Live } from '../live';
import { isLasting, roomMayBeMissingFor, sentence } from '../reasons';
import { topic } from '../rooms';
import { keys, lasting } from '../store';
import { ClockSync } from '../sync';
import type { ChatJoined, ChatMessage, Cheer, ConsoleJoined, Refusal } from '../wire';
import { ordersOver } from './host/orders';
import { ConsoleTalk } from './host/talk.svelte';
import { ConsoleRace } from './race.svelte';

const quietInARace = 1500;

export class ConsoleLink {
  readonly race = new ConsoleRace();
  /** False until the first join, and whenever the server is out of reach. */
  connected = $state(false);
  everJoined = $state(false);
  /** Why this screen cannot show its room, if it cannot. */
  refusal = $state<string | null>(null);
  /** Why the last order was not taken. */
  notice = $state<string | null>(null);
  readonly talk = new ConsoleTalk();
  cheers = $state.raw<(Cheer & { key: number })[]>([]);

  readonly orders = ordersOver((event, payload) => this.#order(event, payload));

  readonly #live: Live;
  readonly #sync = new ClockSync(this.race.clock, () => this.#channel);
  readonly #code: string;
  #channel: Channel | null = null;
  #chat: Channel | null = null;
  #cheerKey = 0;
  /** The token of the host link that this page was opened by, until the server has taken it. */
  #given: string | null;
  /** When this screen last showed its room live. */
  #lastIn = -Infinity;

  constructor(code: string) {
    this.#code = code;
    this.#given = takeHostToken();
    // The link of another evening, followed in this very tab, changes nothing but the part behind the `#`.
    addEventListener('hashchange', () => {
      if (hostTokenInAddress() !== null) location.reload();
    });
    this.#live = new Live((connected) => {
      if (!connected) this.#lost();
    });
    this.#join();
    setInterval(() => {
      if (this.race.phase === 'running' && this.#live.silence > quietInARace) this.#live.prove();
    }, 500);
  }

  #join(): void {
    const race = this.race;
    this.#channel = this.#live.join<ConsoleJoined>(topic('console', this.#code), {
      params: () => {
        const host = this.#hostToken();
        return host ? { host } : {};
      },
      joined: (reply) => {
        this.refusal = null;
        this.connected = true;
        this.everJoined = true;
        race.joined(reply);
        if (reply.host && this.#given) lasting.set(keys.host(this.#code), this.#given);
        this.talk.mutedAre(reply.muted ?? []);
        this.#sync.measure();
        if (reply.chat) this.#listen(reply.chat);
      },
      refused: (refusal) => this.#refused(refusal),
      lost: () => this.#lost(),
      events: {
        phase: race.phaseChanged.bind(race),
        tick: race.tick.bind(race),
        results: race.finished.bind(race),
        records: race.recorded.bind(race),
        racer_joined: race.racerTold.bind(race),
        racer_changed: race.racerTold.bind(race),
        racer_left: race.racerLeft.bind(race),
        crowd: race.crowded.bind(race),
        flag: race.flagged.bind(race),
        rules: race.rulesChosen.bind(race),
        room: race.roomChanged.bind(race),
        knock: race.knocked.bind(race),
        knock_gone: race.knockGone.bind(race),
        tournament: race.tournamentChanged.bind(race),
        bests: race.bestsChanged.bind(race),
        room_ended: () => {
          race.roomEnded();
          lasting.remove(keys.host(this.#code));
        },
        muted: this.talk.mutedChanged.bind(this.talk),
        cheer: (cheer: Cheer) => this.#cheered(cheer),
      },
    });
  }

  #refused({ reason }: Refusal): 'retry' | 'end' {
    // An old token must not keep a screen dark: without it the room can still be watched.
    if (reason === 'wrong host token' && this.#hostToken() !== null) {
      // A link that does not fit must not cost this browser the control that it has.
      if (this.#given) this.#given = null;
      else lasting.remove(keys.host(this.#code));
      this.notice = sentence(reason);
      this.#join();
      return 'end';
    }
    const missing = reason === 'no such room' && performance.now() - this.#lastIn < roomMayBeMissingFor;
    if (this.everJoined && (missing || !isLasting(reason))) return 'retry';
    this.refusal = reason === 'no such room' ? t('stage.no_room', { code: this.#code }) : sentence(reason);
    return isLasting(reason) ? 'end' : 'retry';
  }

  #hostToken(): string | null {
    return this.#given ?? lasting.get(keys.host(this.#code));
  }

  #lost(): void {
    if (this.connected) this.#lastIn = performance.now();
    this.connected = false;
  }

  #listen(chat: string): void {
    if (this.#chat) return;
    this.#chat = this.#live.join<ChatJoined>(chat, {
      params: () => ({ name: t('stage.big_screen') }),
      joined: (reply) => this.talk.joined(reply),
      refused: ({ reason }) => (isLasting(reason) ? 'end' : 'retry'),
      events: {
        new_msg: (message: ChatMessage) => this.talk.said(message),
        msg_deleted: this.talk.deleted.bind(this.talk),
      },
    });
  }

  #cheered(cheer: Cheer): void {
    this.cheers = [...this.cheers.slice(-11), { ...cheer, key: this.#cheerKey++ }];
  }

  async #order(event: string, payload: object = {}): Promise<boolean> {
    // Kept for later, it would be given when nobody expects it any more.
    const here = this.connected && isOpen(this.#channel) ? this.#channel : null;
    const reason = here ? await ask(here, event, payload) : 'the server cannot be reached';
    this.notice = reason === null ? null : sentence(reason);
    return reason === null;
  }
}

function hostTokenInAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('host') || null;
}

/** A host link carries its token behind the `#`; it is not left there for others to read. */
function takeHostToken(): string | null {
  const token = hostTokenInAddress();
  if (token !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
