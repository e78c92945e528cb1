// A crowd on the big screen: the first by name, everybody else as a pack and as numbers.
import { expect, test } from '@playwright/test';

import { everybodyLeaves, expectPhase, guest, openConsole } from '../support/party.js';
import { startServer } from '../support/server.js';

const many = 64;

let server;
let guests = [];

test.beforeEach(async () => {
  server = await startServer({ args: ['--joins-per-second', '0'] });
});

test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await Promise.all(guests.map(({ client }) => client.close()));
  guests = [];
  await server.stop();
});

test('more than fifty racers are ten leaders, a pack, and the taps of all', async ({ browser }) => {
  const { page } = await openConsole(browser, server.console);
  guests = await Promise.all(Array.from({ length: many }, (_, i) => guest(server, '', `Guest ${i + 1}`)));
  await expect(page.locator('header')).toContainText(`${many} racers`);

  const host = await guests[0].client.join('console');
  await host.ask('start', { rules: { mode: 'timed', seconds: 60, countdown: 0, max_taps_per_second: 0 } });
  const { heat } = await guests[0].seat.heard('phase', ({ phase }) => phase === 'running');
  await expectPhase(page, 'running');

  // The later they came, the more they have tapped.
  guests.forEach(({ seat }, i) => seat.say('tap', { heat, n: i + 1 }));
  const total = (many * (many + 1)) / 2;
  const crowd = page.locator('.crowd');
  await expect(crowd).toContainText(`${total.toLocaleString('en')} taps`);
  await expect(crowd).toContainText(`${many - 10} racers in the pack`);
  const leaders = Array.from({ length: 10 }, (_, rank) => ({ rank, name: `Guest ${many - rank}`, taps: many - rank }));
  const inOrder = async () => {
    const shown = await page
      .getByTestId('racer')
      .evaluateAll((rows) => rows.map(({ dataset: { rank, name, taps } }) => ({ rank: Number(rank), name, taps: Number(taps) })));
    return shown.toSorted((a, b) => a.rank - b.rank);
  };
  await expect.poll(inOrder).toEqual(leaders);

  // The pack is drawn: something stands on its ground.
  const drawn = () =>
    crowd.locator('canvas').evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value > 0);
    });
  await expect.poll(drawn).toBe(true);

  // A screen that comes in mid-race shows the same, and goes on from there.
  await page.reload();
  await expectPhase(page, 'running');
  guests[0].seat.say('tap', { heat, n: 2 });
  await expect(crowd).toContainText(`${(total + 1).toLocaleString('en')} taps`);
  await expect.poll(inOrder).toEqual(leaders);
});
