// What a chat page knows: messages in order, each once, whatever was sent again after a reconnect.
import type { ChatJoined, ChatMessage } from '../wire';

export const kept = 200;
export const longest = 500;

/** Old and new messages, each once. */
export function merge(old: ChatMessage[], fresh: ChatMessage[]): ChatMessage[] {
  const seen = new Set(old.map((message) => message.id));
  return [...old, ...fresh.filter((message) => !seen.has(message.id))].slice(-kept);
}

/** Length as the server counts it: characters, not the halves that some of them are stored in. */
export function lengthOf(text: string): number {
  return [...text.trim()].length;
}

export class Talk {
  messages = $state.raw<ChatMessage[]>([]);
  /** Set when a reconnect could not bring everything that was said meanwhile. */
  gap = $state(false);
  /** What messages of our own are signed with. */
  by = $state<string>();
  #lastSeen: ChatMessage['id'] | undefined;

  joined(reply: ChatJoined): void {
    const again = this.#lastSeen !== undefined;
    this.by = reply.by;
    this.gap = again && !reply.recovered;
    this.#keep(this.gap ? reply.messages.slice(-kept) : merge(this.messages, reply.messages));
    for (const id of reply.deleted ?? []) this.deleted(id);
  }

  said(message: ChatMessage): void {
    this.#keep(merge(this.messages, [message]));
  }

  deleted(id: ChatMessage['id']): void {
    this.messages = this.messages.filter((message) => message.id !== id);
  }

  #keep(messages: ChatMessage[]): void {
    this.messages = messages;
    this.#lastSeen = messages[messages.length - 1]?.id ?? this.#lastSeen;
  }

  /** Also when that message was deleted meanwhile: what came after it is what is missing. */
  get lastSeen(): ChatMessage['id'] | undefined {
    return this.#lastSeen;
  }
}
