// Binds a room's topic to the screen's state, and gives the host's orders a way out.
import type { Channel } from 'phoenix';
import { ask, Live } from '../live';
import { isLasting, roomMayBeMissingFor, sentence } from '../reasons';
import { topic } from '../rooms';
import { keys, lasting } from '../store';
import type { ChatJoined, ChatMessage, Cheer, ConsoleJoined, Refusal, Rules } from '../wire';
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
  messages = $state.raw<ChatMessage[]>([]);
  cheers = $state.raw<(Cheer & { key: number })[]>([]);

  readonly #live: Live;
  readonly #code: string;
  #channel: Channel | null = null;
  #chat: Channel | null = null;
  #cheerKey = 0;
  /** When this screen last showed its room live. */
  #lastIn = -Infinity;

  constructor(code: string) {
    this.#code = code;
    takeHostToken(code);
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
        const host = lasting.get(keys.host(this.#code));
        return host ? { host } : {};
      },
      joined: (reply) => {
        this.refusal = null;
        this.connected = true;
        this.everJoined = true;
        race.joined(reply);
        if (reply.chat) this.#listen(reply.chat);
      },
      refused: (refusal) => this.#refused(refusal),
      lost: () => this.#lost(),
      events: {
        phase: race.phaseChanged.bind(race),
        tick: race.tick.bind(race),
        results: race.finished.bind(race),
        racer_joined: race.racerJoined.bind(race),
        racer_changed: race.racerChanged.bind(race),
        racer_left: race.racerLeft.bind(race),
        flag: race.flagged.bind(race),
        rules: race.rulesChosen.bind(race),
        lock: (change: { locked: boolean }) => race.lockedChanged(change.locked),
        cheer: (cheer: Cheer) => this.#cheered(cheer),
      },
    });
  }

  #refused({ reason }: Refusal): 'retry' | 'end' {
    // An old token must not keep a screen dark: without it the room can still be watched.
    if (reason === 'wrong host token' && lasting.get(keys.host(this.#code)) !== null) {
      lasting.remove(keys.host(this.#code));
      this.notice = sentence(reason);
      this.#join();
      return 'end';
    }
    const missing = reason === 'no such room' && performance.now() - this.#lastIn < roomMayBeMissingFor;
    if (this.everJoined && (missing || !isLasting(reason))) return 'retry';
    this.refusal = reason === 'no such room' ? `There is no room ${this.#code}. Rooms close when nobody has been in them for a while.` : sentence(reason);
    return isLasting(reason) ? 'end' : 'retry';
  }

  #lost(): void {
    if (this.connected) this.#lastIn = performance.now();
    this.connected = false;
  }

  #listen(chat: string): void {
    if (this.#chat) return;
    this.#chat = this.#live.join<ChatJoined>(chat, {
      params: () => ({ name: 'Big screen' }),
      joined: (reply) => (this.messages = reply.messages.slice(-3)),
      refused: ({ reason }) => (isLasting(reason) ? 'end' : 'retry'),
      events: {
        new_msg: (message: ChatMessage) => (this.messages = [...this.messages, message].slice(-3)),
      },
    });
  }

  #cheered(cheer: Cheer): void {
    this.cheers = [...this.cheers.slice(-11), { ...cheer, key: this.#cheerKey++ }];
  }

  start = (rules: Rules): void => void this.#order('start', { rules });
  choose = (rules: Rules): Promise<unknown> => this.#order('rules', { rules });
  rematch = (): void => void this.#order('rematch');
  cancel = (): void => void this.#order('cancel');
  kick = (id: number | string): void => void this.#order('kick', { id });
  ban = (id: number | string): void => void this.#order('ban', { id });
  bots = (count: number, level: string): void => void this.#order('bots', { count, level });
  lock = async (locked: boolean): Promise<void> => {
    if (await this.#order('lock', { locked })) this.race.lockedChanged(locked);
  };

  async #order(event: string, payload: object = {}): Promise<boolean> {
    if (!this.#channel) return false;
    const reason = await ask(this.#channel, event, payload);
    this.notice = reason === null ? null : sentence(reason);
    return reason === null;
  }
}

/** A host link carries its token behind the `#`; it is kept here and not left for others to read. */
function takeHostToken(code: string): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('host');
  if (token === null) return;
  if (token !== '') lasting.set(keys.host(code), token);
  history.replaceState(null, '', location.pathname + location.search);
}
