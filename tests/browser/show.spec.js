// The show on the big screen: what surrounds a race and what remains of it.
import { expect, test } from '@playwright/test';

import { everybodyLeaves, expectPhase, openConsole, television } from '../support/party.js';
import { startServer } from '../support/server.js';

let server;

test.beforeEach(async () => {
  server = await startServer();
});

test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await server.stop();
});

const awake = (page) => expect(page.getByTestId('show'));

test('the screen stays lit, by a lock or, where there is none, by a video', async ({ browser }) => {
  const locked = await openConsole(browser, server.console);
  await awake(locked.page).toHaveAttribute('data-awake', 'held');
  await locked.page.close();

  // A page from plain http has no lock.
  const context = await browser.newContext(television);
  await context.addInitScript(() => delete Navigator.prototype.wakeLock);
  const plain = await context.newPage();
  await plain.goto(server.console);
  await expectPhase(plain, 'lobby');
  await plain.getByRole('heading', { level: 1 }).click();
  await awake(plain).toHaveAttribute('data-awake', 'fallback');
  const playing = () => plain.getByTestId('vigil').evaluate((video) => !video.paused && video.currentTime);
  await expect.poll(playing).toBeGreaterThan(0.5);
  // What engines ask of a video that keeps the screen on: large enough, with sound that need not be heard.
  const share = await plain.getByTestId('vigil').evaluate((video) => {
    const { width, height } = video.getBoundingClientRect();
    return (width * height) / (innerWidth * innerHeight);
  });
  expect(share).toBeGreaterThan(0.2);
});
