// Binary payloads.
import assert from 'node:assert/strict';
import { test } from 'node:test';

export function binaryCases({ library, way, connect, topic }) {
  if (!library.hasBinary) return;

  const bytes = Uint8Array.from({ length: 1000 }, (_, n) => (n * 7) % 256);
  const buffer = (length) => bytes.slice(0, length).buffer;

  if (way.isWebSocket) {
    test('a binary push has a binary reply', async (t) => {
      const ada = await connect(t).join(topic('chat:*'), { name: 'Ada' });
      for (const length of [0, 1, 1000]) {
        const reply = await ada.ask('bin', buffer(length));
        assert.ok(reply instanceof ArrayBuffer);
        assert.deepEqual(new Uint8Array(reply), bytes.slice(0, length));
      }
    });

    test('a binary broadcast is heard by all', async (t) => {
      const name = topic('chat:*');
      const ada = await connect(t).join(name, { name: 'Ada' });
      const bo = await connect(t).join(name, { name: 'Bo' });
      ada.say('bin_all', buffer(300));
      for (const member of [ada, bo]) {
        const heard = await member.heard('bin_all');
        assert.ok(heard instanceof ArrayBuffer);
        assert.deepEqual(new Uint8Array(heard), bytes.slice(0, 300));
      }
    });
  } else if (library.hasBatches) {
    // The client sends binary messages in base64, but takes every message that comes for JSON: what
    // is pushed here is answered with a text message.
    test('a binary push arrives by long poll', async (t) => {
      const client = connect(t);
      const ada = await client.join(topic('chat:*'), { name: 'Ada' });
      ada.say('stop', buffer(1000));
      await ada.happened.times('close');
      assert.equal(ada.happened.count('error'), 0);
      assert.equal(client.happened.count('error'), 0);
    });
  }
}
