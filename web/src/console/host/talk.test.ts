import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../wire';
import { ConsoleTalk } from './talk.svelte';

const message = (id: number): ChatMessage => ({ id, name: 'Ada', text: `word ${id}`, at: id, by: 'a' });
const ids = (talk: ConsoleTalk) => talk.messages.map(({ id }) => id);

describe('a host’s view of the chat', () => {
  it('loses what was deleted, and nothing else', () => {
    const talk = new ConsoleTalk();
    talk.joined({ messages: [message(1), message(2)], recovered: true });
    talk.said(message(3));
    talk.deleted({ id: 2 });
    expect(ids(talk)).toEqual([1, 3]);
  });

  it('holds the latest fifty', () => {
    const talk = new ConsoleTalk();
    for (let id = 1; id <= 60; id += 1) talk.said(message(id));
    expect([ids(talk).length, ids(talk)[0]]).toEqual([50, 11]);
  });

  it('knows who is muted, from the room and from other hosts', () => {
    const talk = new ConsoleTalk();
    talk.mutedAre(['a']);
    talk.mutedChanged({ by: 'b', muted: true });
    talk.mutedChanged({ by: 'a', muted: false });
    expect([...talk.muted]).toEqual(['b']);
  });
});
