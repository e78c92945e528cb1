// Ten seconds against oneself: kept in this browser for guests, in the account for who is logged in.
import { expect, test } from '@playwright/test';

import { logIn, manyAccounts, signUp } from '../support/accounts.js';
import { openLine } from '../support/line.js';
import { everybodyLeaves, handset, tap, television } from '../support/party.js';
import { startServer } from '../support/server.js';

let server;

test.beforeEach(async () => {
  server = await startServer({ args: manyAccounts });
});
test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await server.stop();
});

async function practice(context, origin) {
  const page = await context.newPage();
  await page.goto(`${origin}/practice`);
  return page;
}

const expectStage = (page, stage) => expect(page.getByTestId('stage')).toHaveAttribute('data-stage', stage);

/** One race of ten seconds, with so many taps in it. */
async function race(page, taps, meanwhile = () => undefined) {
  await page.getByTestId('start').click();
  await expectStage(page, 'running');
  await meanwhile();
  await tap(page, taps);
  await expect(page.getByTestId('count')).toHaveText(String(taps));
  await expectStage(page, 'over');
  await expect(page.getByTestId('result')).toHaveAttribute('data-score', String(taps));
}

/** How many results a page shows as the player's own, and the best. */
async function expectOwn(page, count, best) {
  await expect(page.getByTestId('own')).toHaveAttribute('data-count', String(count));
  await expect(page.getByTestId('best')).toHaveText(String(best));
}

test('a result is seen by the same player in another browser at once, and one made without a line arrives once', async ({ browser }) => {
  const line = await openLine(server);
  const phones = await browser.newContext(handset);
  await signUp(phones, server, 'Ada');
  const phone = await practice(phones, line.origin);
  const screens = await browser.newContext(television);
  await logIn(screens, server, 'Ada');
  const screen = await practice(screens, server.origin);
  await expect(screen.getByTestId('own')).toHaveAttribute('data-count', '0');

  await race(phone, 9);
  await expectOwn(screen, 1, 9);
  await expect(screen.getByTestId('standing')).toHaveAttribute('data-score', '9');
  await expect(screen.getByTestId('place')).toHaveText('1st');

  await race(phone, 12, () => line.cut());
  await expect(phone.getByTestId('waiting')).toBeVisible();
  await expectOwn(phone, 2, 12);
  await expectOwn(screen, 1, 9);
  line.mend();
  await expectOwn(screen, 2, 12);
  await expect(phone.getByTestId('own')).toHaveAttribute('data-waiting', '0');
  await phone.reload();
  await expectOwn(phone, 2, 12);
  await line.close();
});

test('a guest practises by keys, finds the results again, and takes them along into an account', async ({ browser }) => {
  const context = await browser.newContext(television);
  const page = await practice(context, server.origin);
  await expect(page.getByTestId('guest')).toBeVisible();
  await page.getByTestId('start').press('Enter');
  await expectStage(page, 'running');
  for (let presses = 0; presses < 7; presses += 1) await page.keyboard.press('Space', { delay: 30 });
  await expectStage(page, 'over');
  await expect(page.getByTestId('start')).toBeFocused();
  await page.reload();
  await expectOwn(page, 1, 7);

  await signUp(context, server, 'Bo');
  await page.reload();
  await expect(page.getByTestId('standing')).toHaveAttribute('data-score', '7');
  const other = await browser.newContext(television);
  await logIn(other, server, 'Bo');
  await expectOwn(await practice(other, server.origin), 1, 7);
});
