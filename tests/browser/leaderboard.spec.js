// Who is fastest, as it happens.
import { expect, test } from '@playwright/test';

import { clientOf, heat, manyAccounts, signUp } from '../support/accounts.js';
import { everybodyLeaves, expectPhase, handset, hostRace, joinIn, sprint, tap, television } from '../support/party.js';
import { startServer } from '../support/server.js';

let server;

test.beforeEach(async () => {
  server = await startServer({ args: manyAccounts });
});
test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await server.stop();
});

/** Who stands on a board: names from the top. */
const standing = (page) => page.getByTestId('entry').evaluateAll((rows) => rows.map(({ dataset }) => dataset.name));

test('a race puts a player on the board that is open in another browser, and says a personal best on phone and screen', async ({ browser }) => {
  const board = await (await browser.newContext(television)).newPage();
  await board.goto(`${server.origin}/leaderboard?rules=sprint-8&period=today`);
  await expect(board.getByTestId('empty')).toBeVisible();
  const any = await (await browser.newContext(television)).newPage();
  await any.goto(`${server.origin}/leaderboard`);
  await expect(any.getByTestId('empty')).toBeVisible();

  const screen = await hostRace(browser, server);
  const phones = await browser.newContext(handset);
  await signUp(phones, server, 'Ada');
  // The page that knows who is logged in tells the others of this browser.
  const door = await phones.newPage();
  await door.goto(`${server.origin}/account`);
  await expect(door.getByTestId('player-name')).toHaveText('Ada');
  await door.close();
  const ada = await joinIn(phones, screen.joinUrl, 'Ada');
  await expect(ada.getByTestId('lane')).toContainText('Ada');
  const guest = await joinIn(await browser.newContext(handset), screen.joinUrl, 'Guest');
  await sprint(screen.page, 8);

  await screen.page.getByTestId('start').click();
  await expectPhase(ada, 'running');
  await tap(ada, 8, 150);
  await tap(guest, 8);
  await expect.poll(() => standing(board)).toEqual(['Ada']);
  // As if it had come back into sight: it looks again without that as well, but later.
  await any.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(any.getByTestId('kind-sprint-8')).toHaveAttribute('aria-current', 'true');
  await expect.poll(() => standing(any)).toEqual(['Ada']);
  await expect(ada.getByTestId('recorded')).toBeVisible();
  await expect(guest.getByTestId('make-account')).toBeVisible();

  await expectPhase(screen.page, 'finished');
  await screen.page.getByTestId('rematch').click();
  await expectPhase(ada, 'running');
  const first = await board.getByTestId('entry').getAttribute('data-run');
  await tap(ada, 8);
  await tap(guest, 8);
  await expect(board.getByTestId('entry')).not.toHaveAttribute('data-run', first);
  await expect(ada.getByTestId('recorded')).toContainText('faster');
  await expect(screen.page.getByTestId('record')).toContainText('better');
});

test('the own place is in sight, and the address keeps which board is shown', async ({ browser }) => {
  const response = await fetch(`${server.origin}/api/rooms`, { method: 'POST' });
  const { room, host: token } = await response.json();
  const context = await browser.newContext(handset);
  await signUp(context, server, 'Ada');
  const racer = await clientOf(context, server);
  const host = await racer.join(`console:${room}`, { host: token });
  const seat = await racer.join(`play:${room}`, { name: 'Ada' });
  await heat(host, seat, { mode: 'timed', seconds: 1 }, 5);

  const page = await context.newPage();
  // Who asks for no board in particular sees the one that is raced for.
  await page.goto(`${server.origin}/leaderboard`);
  await expect(page.getByTestId('entry')).toHaveAttribute('data-name', 'Ada');
  await expect(page.getByTestId('entry')).toContainText('you');
  await page.getByTestId('period-week').click();
  await expect(page).toHaveURL(/rules=timed-1&period=week$/);
  await expect(page.getByTestId('board')).toHaveAttribute('data-period', 'week');
  await page.reload();
  await expect(page.getByTestId('period-week')).toHaveAttribute('aria-current', 'true');
  await expect(page.getByTestId('entry')).toHaveAttribute('data-place', '1');
  await page.goBack();
  await expect(page.getByTestId('period-all')).toHaveAttribute('aria-current', 'true');
  await page.getByTestId('entry').getByRole('link').click();
  await expect(page).toHaveURL(`${server.origin}/player/Ada`);
  await racer.close();
});
