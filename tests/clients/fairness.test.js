// Who is fast wins, and not whose network is: forty phones at different distances with clocks that are wrong.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Client } from '../support/live.js';
import { fingers, Phone, random } from '../support/phone.js';
import { startServer } from '../support/server.js';

/** Finishes closer than this share a place. */
const deadHeat = 20;
/** A claim is credited at most this much earlier than it arrives. */
const compensation = 150;
/** From the test's own socket to the room, at its worst. */
const here = 10;

let server;
const opened = [];

before(async () => {
  server = await startServer();
});

after(async () => {
  await Promise.all(opened.map((it) => it.close()));
  await server.stop();
});

async function party(phones) {
  const host = new Client(server.socket);
  opened.push(host);
  const { room, host: token } = await (await fetch(`${server.origin}/api/rooms`, { method: 'POST' })).json();
  const screen = await host.join(`console:${room}`, { host: token });
  const hands = phones.map((phone) => new Phone(server, phone));
  opened.push(...hands);
  await Promise.all(hands.map((phone) => phone.join(`play:${room}`)));
  return { screen, hands };
}

/** Everybody races; gives the places by name. What happens `meanwhile` is over before the end is awaited. */
async function heat(screen, rules, hands, race, meanwhile = (racing) => racing) {
  const racing = Promise.all(hands.map(race));
  const { heat } = hands[0].seat.reply;
  const number = (hands[0].heat ?? heat) + 1;
  await screen.ask('start', { rules: { countdown: 1000, ...rules } });
  await meanwhile(racing);
  const results = await screen.heard('results', ({ final, heat }) => final && heat === number);
  return new Map(results.places.map((place) => [place.name, place]));
}

/** By how much the server may be wrong about when somebody was done. */
const doubt = (phone, taps, tooLate) => Math.abs(phone.clockError) + Math.max(0, tooLate(phone, taps));
/** Under load a claim may set out later than the compensation can make up for. */
const lateness = (phone, taps) => phone.delivered(taps) + here - phone.done - compensation;

test('forty phones are placed in the order of their fingers, and no tap is miscounted', async (context) => {
  const draw = random(40);
  const course = 30;
  const { screen, hands } = await party(
    Array.from({ length: 40 }, (_, number) => ({
      name: `Phone ${number + 1}`,
      up: Math.round(140 * draw()),
      down: Math.round(140 * draw()),
      skew: Math.round(1_200_000 * (draw() - 0.5)),
    })),
  );
  const paces = hands.map(() => 90 + 40 * draw());
  const places = await heat(screen, { mode: 'sprint', taps: course }, hands, (phone, index) =>
    phone.race(fingers(draw, course, { interval: paces[index] })),
  );

  for (const phone of hands) assert.equal(places.get(phone.name).taps, course, phone.name);
  let [compared, overtaken] = [0, 0];
  for (const first of hands) {
    for (const second of hands) {
      const unsure = deadHeat + doubt(first, course, lateness) + doubt(second, course, lateness);
      if (first.done + unsure >= second.done) continue;
      compared += 1;
      if (first.delivered(course) > second.delivered(course)) overtaken += 1;
      const [ahead, behind] = [places.get(first.name), places.get(second.name)];
      assert.ok(
        ahead.place < behind.place,
        `${first.name} was done at ${first.done}, ${second.name} at ${second.done}; shown: ${ahead.time}, ${behind.time}`,
      );
    }
  }
  const pairs = (hands.length * (hands.length - 1)) / 2;
  context.diagnostic(`${compared} of ${pairs} pairs can be told apart; in ${overtaken} the slower one's claim came first`);
  assert.ok(compared > 0.75 * pairs, 'most pairs can be told apart');
  assert.ok(overtaken > 0, 'by the order of arrival it would be wrong');

  // Most taps in three seconds: by the phone's own clock, whatever is still on its way.
  const end = 3000;
  const counts = await heat(screen, { mode: 'timed', seconds: end / 1000 }, hands, (phone, index) =>
    phone.race(fingers(draw, 40, { interval: paces[index] }), end),
  );
  for (const phone of hands) {
    const { taps, refused } = counts.get(phone.name);
    assert.deepEqual({ taps, refused }, { taps: phone.taps, refused: 0 }, phone.name);
  }
});

test('who was first wins although the claim of the second arrives first', async () => {
  const { screen, hands } = await party([
    { name: 'Far', up: 120, down: 120, skew: 300_000 },
    { name: 'Near', up: 1, down: 1 },
  ]);
  const taps = 10;
  const pace = Array.from({ length: taps }, (_, tap) => 200 + 100 * tap);
  const [far, near] = hands;
  const places = await heat(screen, { mode: 'sprint', taps }, hands, (phone) =>
    phone.race(phone === far ? pace : pace.map((at) => at + 60)),
  );
  assert.ok(far.delivered(taps) > near.delivered(taps), 'without compensation Near would have won');
  assert.deepEqual([places.get('Far').place, places.get('Near').place], [1, 2]);
  const margin = places.get('Near').margin;
  assert.ok(Math.abs(margin - 60) <= 2 + Math.max(0, lateness(far, taps)), `60 ms apart, shown as ${margin}`);
});

test('who was first while the server was away has won, whoever comes back first', async () => {
  const { screen, hands } = await party([{ name: 'Far', up: 120, down: 120 }, { name: 'Near', up: 1, down: 1 }]);
  const [far] = hands;
  const taps = 20;
  const pace = Array.from({ length: taps }, (_, tap) => 200 + 100 * tap);
  const places = await heat(
    screen,
    { mode: 'sprint', taps },
    hands,
    (phone) => phone.race(phone === far ? pace : pace.map((at) => at + 60)),
    async (racing) => {
      await screen.heard('tick', ({ t }) => t > 800);
      await server.kill();
      await racing;
      await server.restart();
    },
  );
  const shown = ['Far', 'Near'].map((name) => places.get(name)).map(({ place, taps }) => [place, taps]);
  assert.deepEqual(shown, [[1, taps], [2, taps]]);
  const margin = places.get('Near').margin;
  assert.ok(Math.abs(margin - 60) <= 2, `60 ms apart, shown as ${margin}`);
});
