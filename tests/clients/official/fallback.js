// What newer versions do about the network: fall back to long polls, carry a token.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Journal } from '../../support/journal.js';

export function fallbackCases({ library, way, connect, topic }) {
  if (way.isWebSocket && library.hasFallback) {
    for (const [what, transport] of [['that never opens', Silent], ['that is cut off', Broken]]) {
      test(`a WebSocket ${what} gives way to long polls`, async (t) => {
        const memory = new Memory();
        const blocked = connect(t, { transport, longPollFallbackMs: 200, sessionStorage: memory });
        const name = topic('chat:*');
        const ada = await blocked.join(name, { name: 'Ada' });
        assert.ok(blocked.socket.conn instanceof library.LongPoll);
        assert.equal(memory.getItem('phx:fallback:LongPoll'), 'true');
        const bo = await connect(t).join(name, { name: 'Bo' });
        ada.say('new_msg', { text: 'from afar' });
        assert.deepEqual(await bo.heard('new_msg'), { name: 'Ada', text: 'from afar' });
        bo.say('new_msg', { text: 'welcome' });
        await ada.heard('new_msg', ({ text }) => text === 'welcome');
        assert.deepEqual(await ada.ask('ping', { n: 1 }), { n: 1 });
        const room = await blocked.join(topic('room:*'), { name: 'Ada' });
        assert.deepEqual(Object.keys(await room.heard('presence_state')), ['Ada']);
        ada.say('crash');
        await ada.happened.times('joined', 2);
      });
    }

    test('a WebSocket that works is kept', async (t) => {
      const said = new Journal();
      const client = connect(t, { longPollFallbackMs: 1000, logger: (_, message) => said.note(message) });
      await client.join(topic('chat:*'), { name: 'Ada' });
      await said.times('connected to primary after');
      assert.ok(client.socket.conn instanceof way.transport);
    });
  }

  if (library.hasAuthToken) {
    test('a client with an authToken is let in', async (t) => {
      const client = connect(t, { authToken: 'ein Geheimnis: ~?>' });
      const ada = await client.join(topic('chat:*'), { name: 'Ada' });
      // A browser closes a WebSocket whose server chose none of what it offered.
      if (way.isWebSocket) assert.equal(client.socket.conn.protocol, 'phoenix');
      assert.deepEqual(await ada.ask('ping', { n: 1 }), { n: 1 });
    });
  }
}

/** A WebSocket that a network swallows. */
class Silent {
  readyState = 0;
  close() {}
}

/** A WebSocket that a network cuts off. */
class Broken {
  readyState = 0;
  constructor() {
    setImmediate(() => {
      this.readyState = 3;
      this.onerror?.(new Error('cut off'));
      this.onclose?.({ code: 1006 });
    });
  }
  close() {}
}

/** A page's session storage. */
class Memory {
  #items = new Map();
  getItem(key) {
    return this.#items.get(key) ?? null;
  }
  setItem(key, value) {
    this.#items.set(key, value);
  }
}
