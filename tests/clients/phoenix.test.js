// The unmodified npm client: what it sees of a race and of the chat.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Client } from '../support/live.js';
import { startServer } from '../support/server.js';

let server;
const clients = [];

before(async () => {
  server = await startServer();
});

after(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.stop();
});

function connect() {
  const client = new Client(server.socket);
  clients.push(client);
  return client;
}

test('a racer who taps a hundred times with {} wins', async () => {
  const screen = await connect().join('console');
  assert.equal(screen.reply.phase, 'lobby');
  assert.equal(screen.reply.host, true);
  assert.equal(screen.reply.join_url, server.join);

  const ada = await connect().join('play', { name: 'Ada' });
  const bo = await connect().join('play', { name: 'Bo' });
  const joined = await screen.heard('racer_joined', ({ name }) => name === 'Ada');
  assert.equal(joined.id, ada.reply.racer.id);

  // What this script taps is no human's doing.
  await screen.ask('start', { rules: { mode: 'sprint', taps: 100, countdown: 300, max_taps_per_second: 0 } });
  await ada.heard('phase', ({ phase }) => phase === 'running');
  for (let tap = 0; tap < 60; tap += 1) bo.say('tap');
  for (let tap = 0; tap < 100; tap += 1) ada.say('tap');

  const results = await screen.heard('results', ({ final }) => final);
  assert.equal(results.winner, ada.reply.racer.id);
  const places = results.places.map(({ place, name, taps }) => [place, name, taps]);
  assert.deepEqual(places, [[1, 'Ada', 100], [2, 'Bo', 60]]);
  assert.ok(results.places[0].time > 0);

  const you = await ada.heard('you', ({ final }) => final);
  assert.deepEqual([you.place, you.of, you.taps, you.refused], [1, 2, 100, 0]);
  const bos = await bo.heard('you', ({ final }) => final);
  assert.deepEqual([bos.place, bos.of, bos.taps], [2, 2, 60]);
  assert.ok(screen.count('tick') > 0);
});

test('a cumulative count may be repeated and overtaken by an older one', async () => {
  const screen = await connect().join('console');
  const cy = await connect().join('play', { name: 'Cy' });
  await screen.ask('start', { rules: { mode: 'sprint', taps: 50, countdown: 200, max_taps_per_second: 0 } });
  const { heat } = await cy.heard('phase', ({ phase }) => phase === 'running');
  for (const n of [10, 30, 20, 30, 49]) cy.say('tap', { heat, n });
  cy.say('tap', { heat: heat - 1, n: 1000 });
  cy.say('tap', { heat, n: 50 });
  const results = await screen.heard('results', (results) => results.final && results.heat === heat);
  assert.deepEqual([results.places[0].name, results.places[0].taps], ['Cy', 50]);
});

test('the clock of the server can be read from the phone', async () => {
  const phone = await connect().join('play', { name: 'Di' });
  const { t0, now } = await phone.ask('sync', { t0: 12345 });
  assert.equal(t0, 12345);
  assert.ok(Math.abs(now - Date.now()) < 5000);
});

test('chat is broadcast to everybody, and told to who comes later', async () => {
  const ada = await connect().join('chat:lobby', { name: 'Ada' });
  const bo = await connect().join('chat:lobby', { name: 'Bo' });
  await ada.ask('new_msg', { text: 'hello <b>all</b>' }).catch(() => assert.fail('refused'));
  const message = await bo.heard('new_msg');
  assert.deepEqual([message.name, message.text], ['Ada', 'hello <b>all</b>']);
  const late = await connect().join('chat:lobby', { name: 'Cy' });
  assert.deepEqual(late.reply.messages.map(({ id, text }) => [id, text]), [[message.id, 'hello <b>all</b>']]);
});

test('the secret chat is refused', async () => {
  await assert.rejects(connect().join('chat:secret', { name: 'Ada' }), { message: "You don't have permission!" });
});

test('a room of its own is controlled by its host token only', async () => {
  const response = await fetch(`${server.origin}/api/rooms`, { method: 'POST' });
  assert.equal(response.status, 201);
  const { room, host } = await response.json();
  const owner = await connect().join(`console:${room}`, { host });
  const guest = await connect().join(`console:${room}`);
  assert.deepEqual([owner.reply.host, guest.reply.host], [true, false]);
  await connect().join(`play:${room}`, { name: 'Ada' });
  await assert.rejects(guest.ask('start'), { message: 'not the host' });
  await owner.ask('start', { rules: { mode: 'sprint', taps: 10, countdown: 200 } });
  await guest.heard('phase', ({ phase }) => phase === 'running');
  await assert.rejects(connect().join(`console:${room}`, { host: 'forged' }), { message: 'wrong host token' });
  await assert.rejects(connect().join('console:ZZZZ'), { message: 'no such room' });
});
