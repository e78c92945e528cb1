// Connections: refused, cut, restarted, kept alive.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startExample } from '../../support/example.js';

export function connectionCases({ library, way, connect, topic }) {
  if (way.isWebSocket || library.retriesRefusedPolls) {
    test('who is refused keeps trying, and gets in when that changes', async (t) => {
      const params = { token: 'bad' };
      const client = connect(t, { params });
      await client.happened.times('error', 2);
      await client.happened.times('close', 2);
      assert.equal(client.happened.count('open'), 0);
      params.token = 'good';
      await client.happened.times('open');
      // Not before: a client that sends without order sends such a join twice, in any order.
      const ada = await client.join(topic('chat:*'), { name: 'Ada' });
      assert.deepEqual(await ada.ask('ping', { n: 1 }), { n: 1 });
    });
  }

  test('who is kicked is cut off, and nobody else', async (t) => {
    const user = topic('user*');
    const client = connect(t, { params: { user } });
    const kicked = await client.join(topic('chat:*'), { name: 'Ada' });
    const other = connect(t, { params: { user: `${user}0` } });
    const host = await other.join(topic('room:*'), { name: 'Bo' });
    host.say('kick', { user });
    if (way.isWebSocket) assert.equal(await client.happened.times('close'), 1001);
    await client.happened.times('open', 2);
    if (way.isWebSocket || library.noticesLostSessions) {
      await kicked.happened.times('error');
      await kicked.happened.times('joined', 2);
      assert.deepEqual(await kicked.ask('ping', { n: 1 }), { n: 1 });
    } else {
      // The client goes on with another session, in which nothing is joined.
      await assert.rejects(kicked.ask('ping'), { message: 'unmatched topic' });
    }
    await other.raw('phoenix', 'heartbeat');
    assert.equal(other.happened.count('open'), 1);
  });

  if (way.isWebSocket) {
    test('heartbeats are answered', async (t) => {
      const client = connect(t, { heartbeatIntervalMs: 150 });
      const ada = await client.join(topic('chat:*'), { name: 'Ada' });
      await client.happened.times('heartbeat', 4);
      assert.deepEqual(new Set(client.happened.all('heartbeat')), new Set(['ok']));
      assert.deepEqual([client.happened.count('open'), client.happened.count('close')], [1, 0]);
      assert.equal(ada.happened.count('error'), 0);
    });
  }

  for (const end of ['stop', 'kill']) {
    test(`after a server's ${end} and start, all is joined again by itself`, async (t) => {
      let server = await startExample('reference');
      t.after(() => server.kill());
      const [one, two] = [connect(t, { url: server.socket }), connect(t, { url: server.socket })];
      const members = [
        await one.join('console'),
        await one.join('chat:a', { name: 'Ada' }),
        await one.join('room:a', { name: 'Ada' }),
        await two.join('play', { name: 'Bo' }),
        await two.join('chat:a', { name: 'Bo' }),
      ];
      await server[end]();
      if (way.isWebSocket) assert.equal(await one.happened.times('close'), { stop: 1012, kill: 1006 }[end]);
      await Promise.all(members.map(({ happened }) => happened.times('error')));
      server = await startExample('reference', ['--port', String(server.port)]);
      await Promise.all(members.map(({ happened }) => happened.times('joined', 2)));
      const [screen, ada, , player, bo] = members;
      bo.say('new_msg', { text: 'here again' });
      assert.deepEqual(await ada.heard('new_msg'), { name: 'Bo', text: 'here again' });
      player.say('tap');
      await screen.heard('user_tap', ({ name }) => name === 'Bo');
      assert.ok(members.every(({ happened }) => happened.count('close') === 0));
    });
  }
}
