// Everyone reads the pages in their own language.
import { expect, test } from '@playwright/test';

import { everybodyLeaves, expectPhase, handset, hostRace, joinIn } from '../support/party.js';
import { startServer } from '../support/server.js';

let server;

test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(async () => {
  await server.stop();
});
test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
});

/** A page of a browser that wants this language. */
async function reader(browser, locale) {
  const context = await browser.newContext({ ...handset, locale });
  return context.newPage();
}

test('a browser gets its own language, and no word of another', async ({ browser }) => {
  const page = await reader(browser, 'de-AT');
  const loaded = [];
  page.on('response', (response) => loaded.push(new URL(response.url()).pathname));
  await page.goto(`${server.origin}/play`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.locator('html')).toHaveAttribute('dir', 'ltr');
  await expect(page.getByTestId('join')).toBeVisible();
  const words = loaded.filter((path) => /\/assets\/[a-z]{2}-[^/]+\.js$/.test(path));
  expect(words.length).toBeGreaterThan(0);
  for (const path of words) expect(path).toMatch(/\/de-/);
});

test('a browser whose language we do not have gets English', async ({ browser }) => {
  const page = await reader(browser, 'sv-SE');
  await page.goto(server.origin);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByTestId('host-race')).toHaveText('Host a race');
});

test('a chosen language stays, on every page', async ({ browser }) => {
  const page = await reader(browser, 'en-GB');
  await page.goto(server.origin);
  const english = await page.getByTestId('host-race').textContent();
  await page.getByTestId('language').selectOption('ja');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await expect(page.getByTestId('host-race')).not.toHaveText(english);
  for (const path of ['/play', '/console', '/chat/lobby', '/check', '/account', '/practice', '/leaderboard']) {
    await page.goto(server.origin + path);
    await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
    await expect(page).toHaveTitle(/./);
  }
  await page.goto(server.origin);
  await page.getByTestId('language').selectOption('en');
  await expect(page.getByTestId('host-race')).toHaveText(english);
});

test('who changes the language in a room keeps the seat', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const context = await browser.newContext({ ...handset, locale: 'en' });
  const phone = await joinIn(context, screen.joinUrl, 'Ada');
  await expectPhase(phone, 'lobby');
  await phone.evaluate(() => localStorage.setItem('tap-racer.language', 'fr'));
  await phone.reload();
  await expect(phone.locator('html')).toHaveAttribute('lang', 'fr');
  await expectPhase(phone, 'lobby');
  await expect(screen.page.getByTestId('racer')).toHaveCount(1);
});

test('a room code is seen whole on a small phone, however long the word on its key is', async ({ browser }) => {
  for (const locale of ['en', 'de', 'pl', 'pt']) {
    const page = await reader(browser, locale);
    for (const width of [320, 360, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(server.origin);
      const code = page.getByTestId('join-code');
      await code.fill('WWWW');
      expect(await code.evaluate((field) => field.scrollWidth - field.clientWidth), `${locale}, ${width} px`).toBe(0);
    }
  }
});

test('Arabic runs from right to left, and a name keeps its own direction in it', async ({ browser }) => {
  const page = await reader(browser, 'ar-EG');
  await page.goto(server.origin);
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  const code = await page.getByTestId('join-code').boundingBox();
  const join = await page.getByTestId('join-go').boundingBox();
  expect(join.x, 'the key follows the field, to the left').toBeLessThan(code.x);

  await page.goto(`${server.origin}/chat/lobby`);
  await page.getByTestId('name').fill('Zoë (2)');
  await page.getByTestId('join').click();
  await expect(page.getByRole('status').first()).toContainText('\u2068Zoë (2)\u2069');
});
