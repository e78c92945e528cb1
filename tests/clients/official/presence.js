// Presence: the lists that clients keep are the same everywhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Journal } from '../../support/journal.js';

export function presenceCases({ library, way, connect, topic }) {
  async function enter(client, room, name) {
    const member = client.member(room, { name });
    const roster = new Roster(library, member);
    await member.join();
    return { member, roster };
  }

  test('everybody has the same list of who is there', async (t) => {
    const room = topic('room:*');
    const phone = connect(t);
    const ada = await enter(connect(t), room, 'Ada');
    await ada.roster.shows({ Ada: 1 });
    const bo = await enter(connect(t), room, 'Bo');
    await ada.roster.shows({ Ada: 1, Bo: 1 });
    await bo.roster.shows({ Ada: 1, Bo: 1 });
    const second = await enter(phone, room, 'Ada');
    const all = [ada, bo, second];
    for (const { roster } of all) await roster.shows({ Ada: 2, Bo: 1 });
    const [one, ...others] = all.map(({ roster }) => roster.metas());
    assert.ok(one.every(([, { phx_ref, online_at }]) => phx_ref && Math.abs(online_at - Date.now() / 1000) < 60));
    for (const other of others) assert.deepEqual(other, one);

    await second.member.leave();
    for (const { roster } of [ada, bo]) await roster.shows({ Ada: 1, Bo: 1 });
    assert.deepEqual(bo.roster.metas(), ada.roster.metas());
    await bo.member.leave();
    await ada.roster.shows({ Ada: 1 });
  });

  test('who crashes and comes back is there once', async (t) => {
    const room = topic('room:*');
    const ada = await enter(connect(t), room, 'Ada');
    const bo = await enter(connect(t), room, 'Bo');
    for (const { roster } of [ada, bo]) await roster.shows({ Ada: 1, Bo: 1 });
    const [before] = bo.roster.metas().filter(([name]) => name === 'Bo');
    bo.member.say('no such event');
    await bo.member.happened.times('joined', 2);
    const isBack = ({ roster }) => {
      const [now] = roster.metas().filter(([name]) => name === 'Bo');
      return now !== undefined && now[1].phx_ref !== before[1].phx_ref;
    };
    for (const member of [ada, bo]) {
      await member.roster.until(() => isBack(member), 'another Bo');
      await member.roster.shows({ Ada: 1, Bo: 1 });
    }
    assert.deepEqual(bo.roster.metas(), ada.roster.metas());
  });

  // The end of a session that is polled for is noticed when nobody has polled for a while.
  if (way.isWebSocket) {
    test('who is disconnected is there no longer', async (t) => {
      const room = topic('room:*');
      const client = connect(t);
      const ada = await enter(connect(t), room, 'Ada');
      await enter(client, room, 'Bo');
      await ada.roster.shows({ Ada: 1, Bo: 1 });
      client.close();
      await ada.roster.shows({ Ada: 1 });
    });
  }
}

/** The list that a client keeps with the client's own means. */
class Roster {
  #changes = new Journal();

  constructor(library, { channel }) {
    const { Presence } = library;
    // 1.3 adds its own coming to a list that has it already.
    this.repeats = !library.hasPresenceClass;
    if (library.hasPresenceClass) {
      const presence = new Presence(channel);
      this.state = presence.state;
      presence.onSync(() => this.#changed(presence.state));
    } else {
      this.state = {};
      channel.on('presence_state', (state) => this.#changed(Presence.syncState(this.state, state)));
      channel.on('presence_diff', (diff) => this.#changed(Presence.syncDiff(this.state, diff)));
    }
    this.list = () => Presence.list(this.state, (name, { metas }) => [name, metas]);
  }

  #changed(state) {
    this.state = state;
    this.#changes.note('sync');
  }

  /** Every device there is: its name and what is known of it. */
  metas() {
    const all = this.list().flatMap(([name, metas]) => metas.map((meta) => [name, meta]));
    const ref = ([, meta]) => meta.phx_ref;
    const one = ([first, ...rest]) => this.repeats && rest.length > 0 && ref(first) === ref(rest[0]);
    const sorted = all.sort((a, b) => (ref(a) < ref(b) ? -1 : 1));
    return sorted.filter((_, index) => !one(sorted.slice(index)));
  }

  until(condition, what) {
    return this.#changes.until(condition, what);
  }

  /** Waits until the list has these names, with so many devices each. */
  shows(expected) {
    const shown = () => {
      const counts = {};
      for (const [name] of this.metas()) counts[name] = (counts[name] ?? 0) + 1;
      return counts;
    };
    const same = () => {
      const now = shown();
      const names = Object.keys({ ...now, ...expected });
      return names.every((name) => now[name] === expected[name]);
    };
    return this.until(same, `a list of ${JSON.stringify(expected)}`);
  }
}
