// Channels: joining, pushing, being told, leaving, crashing.
import assert from 'node:assert/strict';
import { test } from 'node:test';

export function channelCases({ library, way, connect, topic }) {
  const ordered = way.isWebSocket || library.hasBatches;

  test('a join is answered', async (t) => {
    const ada = await connect(t).join(topic('chat:*'), { name: 'Ada' });
    assert.deepEqual(ada.reply, {});
    assert.equal(ada.channel.state, 'joined');
  });

  test('a refused join says why', async (t) => {
    const client = connect(t);
    const secret = client.member('chat:secret', { name: 'Ada' });
    await assert.rejects(secret.join(), { message: "You don't have permission!" });
    secret.channel.leave();
    const nowhere = client.member('nowhere');
    await assert.rejects(nowhere.join(), { message: 'unmatched topic' });
    nowhere.channel.leave();
    await client.join(topic('chat:*'), { name: 'Ada' });
  });

  test('a join that crashes is refused', async (t) => {
    const nameless = connect(t).member(topic('chat:*'), {});
    await assert.rejects(nameless.join(), { message: 'join crashed' });
    nameless.channel.leave();
  });

  test('a push is replied to, whatever it says', async (t) => {
    const ada = await connect(t).join(topic('chat:*'), { name: 'Ada' });
    for (const payload of [{}, { text: 'naïve \u{1F600} \u2028 "\\\n', list: [1, -2.5, null, { deep: true }] }]) {
      assert.deepEqual(await ada.ask('ping', payload), payload);
    }
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ada.ask('ping', { n })));
    assert.deepEqual(answers.map(({ n }) => n), Array.from({ length: 20 }, (_, n) => n));
  });

  test('a push to where nobody joined is answered with an error', async (t) => {
    const client = connect(t);
    await client.join(topic('chat:*'), { name: 'Ada' });
    const reply = await client.raw('chat:elsewhere', 'ping');
    assert.deepEqual(reply.payload, { status: 'error', response: { reason: 'unmatched topic' } });
  });

  for (const pattern of ['chat:*', 'ichat:*']) {
    test(`what is said in ${pattern} is heard by all, and nowhere else`, async (t) => {
      const [name, other] = [topic(pattern), topic(pattern)];
      const [one, two] = [connect(t), connect(t)];
      const ada = await one.join(name, { name: 'Ada' });
      const bo = await two.join(name, { name: 'Bo' });
      const cy = await two.join(other, { name: 'Cy' });
      const texts = ['first', 'second', 'third'];
      for (const text of texts) ada.say('new_msg', { text });
      for (const member of [ada, bo]) {
        for (const text of texts) {
          const message = await member.heard('new_msg', (message) => message.text === text);
          assert.deepEqual(message, { name: 'Ada', text });
        }
        const heard = member.all('new_msg').map(({ text }) => text);
        assert.deepEqual(ordered ? heard : heard.sort(), ordered ? texts : texts.toSorted());
      }
      await cy.ask('ping');
      assert.equal(cy.count('new_msg'), 0);
    });
  }

  test('the console hears of players who come, tap and go', async (t) => {
    const screen = await connect(t).join('console');
    const name = topic('Ada *');
    const player = await connect(t).join('play', { name });
    const { user_id } = await screen.heard('user_join', (joined) => joined.name === name);
    player.say('tap');
    assert.deepEqual(await screen.heard('user_tap', (tap) => tap.user_id === user_id), { name, user_id });
    await player.leave();
    await screen.heard('user_terminate', (gone) => gone.user_id === user_id);
  });

  test('who leaves hears nothing more, and may come back', async (t) => {
    const name = topic('chat:*');
    const [one, two] = [connect(t), connect(t)];
    const ada = await one.join(name, { name: 'Ada' });
    const bo = await two.join(name, { name: 'Bo' });
    await bo.leave();
    // The client takes it for done before the server does.
    await two.happened.times(`closed ${name}`);
    await bo.happened.times('close');
    ada.say('new_msg', { text: 'are you there?' });
    await ada.heard('new_msg');
    const again = await two.join(name, { name: 'Bo' });
    assert.deepEqual(await again.ask('ping', { n: 1 }), { n: 1 });
    assert.deepEqual([bo.count('new_msg'), again.count('new_msg')], [0, 0]);
    assert.equal(bo.happened.count('close'), 1);
    assert.equal(again.happened.count('close'), 0);
  });

  test('a channel that the server stops is closed, and stays so', async (t) => {
    const client = connect(t);
    const ada = await client.join(topic('chat:*'), { name: 'Ada' });
    ada.say('stop');
    await ada.happened.times('close');
    assert.equal(ada.channel.state, 'closed');
    await client.join(topic('chat:*'), { name: 'Ada' });
    assert.equal(ada.happened.count('joined'), 1);
    assert.equal(ada.happened.count('error'), 0);
  });

  for (const [what, event] of [['that crashes', 'crash'], ['sent what it does not know', 'no such event']]) {
    test(`a channel ${what} is joined again by itself, and others go on`, async (t) => {
      const client = connect(t);
      const ada = await client.join(topic('chat:*'), { name: 'Ada' });
      const other = await client.join(topic('chat:*'), { name: 'Ada' });
      ada.say(event);
      await ada.happened.times('error');
      await ada.happened.times('joined', 2);
      assert.deepEqual(await ada.ask('ping', { n: 2 }), { n: 2 });
      assert.deepEqual(await other.ask('ping', { n: 3 }), { n: 3 });
      assert.equal(ada.happened.count('close'), 0);
      assert.deepEqual([other.happened.count('error'), other.happened.count('joined')], [0, 1]);
      assert.equal(client.happened.count('open'), 1);
    });
  }

  test('a second join of a topic takes the place of the first', async (t) => {
    const name = topic('chat:*');
    const client = connect(t);
    const first = await client.join(name, { name: 'Ada' });
    const second = await client.join(name, { name: 'Ada B.' });
    await first.happened.times('close');
    second.say('new_msg', { text: 'once' });
    assert.deepEqual(await second.heard('new_msg'), { name: 'Ada B.', text: 'once' });
    await second.ask('ping');
    assert.deepEqual([first.count('new_msg'), second.count('new_msg')], [0, 1]);
    assert.deepEqual([first.happened.count('close'), second.happened.count('close')], [1, 0]);
    assert.equal(first.happened.count('error'), 0);
  });

  test('more is pushed at once than one request carries', async (t) => {
    const ada = await connect(t).join(topic('chat:*'), { name: 'Ada' });
    const pushes = Array.from({ length: 250 }, (_, n) => ada.ask('ping', { n }));
    const answers = await Promise.all(pushes);
    assert.equal(answers.at(-1).n, 249);
  });
}
