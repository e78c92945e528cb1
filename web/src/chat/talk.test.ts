import { describe, expect, it } from 'vitest';
import { kept, lengthOf, merge, Talk } from './talk.svelte';
import type { ChatMessage } from '../wire';

const said = (id: number): ChatMessage => ({ id, name: 'Ada', text: `message ${id}`, at: id });

describe('a conversation', () => {
  it('holds every message once, however often it comes', () => {
    expect(merge([said(1), said(2)], [said(2), said(3)]).map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it('forgets what is too long ago', () => {
    let messages: ChatMessage[] = [];
    for (let id = 0; id < kept + 10; id++) messages = merge(messages, [said(id)]);
    expect(messages).toHaveLength(kept);
    expect(messages[0]?.id).toBe(10);
  });

  it('goes on after a reconnect that missed nothing', () => {
    const talk = new Talk();
    talk.joined({ messages: [said(1), said(2)], recovered: true });
    expect(talk.lastSeen).toBe(2);
    talk.joined({ messages: [said(3)], recovered: true });
    expect(talk.messages.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(talk.gap).toBe(false);
  });

  it('loses what was deleted, and still knows up to where it heard', () => {
    const talk = new Talk();
    talk.joined({ messages: [said(1), said(2)], recovered: true });
    talk.deleted(2);
    expect(talk.messages.map(({ id }) => id)).toEqual([1]);
    expect(talk.lastSeen).toBe(2);
  });

  it('loses what was deleted while it was away', () => {
    const talk = new Talk();
    talk.joined({ messages: [said(1), said(2)], recovered: true });
    talk.joined({ messages: [said(3)], recovered: true, deleted: [1] });
    expect(talk.messages.map(({ id }) => id)).toEqual([2, 3]);
  });

  it('says so when a reconnect missed something', () => {
    const talk = new Talk();
    talk.joined({ messages: [said(1)], recovered: true });
    talk.joined({ messages: [said(80), said(81)], recovered: false });
    expect(talk.messages.map(({ id }) => id)).toEqual([80, 81]);
    expect(talk.gap).toBe(true);
  });
});

it('length is counted in characters, trimmed, as the server does', () => {
  expect(lengthOf('  🦄🦄 ')).toBe(2);
  expect(lengthOf('   ')).toBe(0);
});
