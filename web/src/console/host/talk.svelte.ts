// What a screen knows of its room's chat: the latest words, and who may say no more.
import type { ChatJoined, ChatMessage } from '../../wire';

const kept = 50;

export class ConsoleTalk {
  messages = $state.raw<ChatMessage[]>([]);
  muted = $state.raw<ReadonlySet<string>>(new Set());

  joined(reply: ChatJoined): void {
    this.messages = reply.messages.slice(-kept);
  }

  said(message: ChatMessage): void {
    this.messages = [...this.messages, message].slice(-kept);
  }

  deleted({ id }: Pick<ChatMessage, 'id'>): void {
    this.messages = this.messages.filter((message) => message.id !== id);
  }

  mutedAre(by: string[]): void {
    this.muted = new Set(by);
  }

  mutedChanged({ by, muted }: { by: string; muted: boolean }): void {
    const now = new Set(this.muted);
    if (muted) now.add(by);
    else now.delete(by);
    this.muted = now;
  }
}
