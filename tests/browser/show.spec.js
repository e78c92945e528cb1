// The show on the big screen: what surrounds a race and what remains of it.
import { expect, test } from '@playwright/test';

import { launchOptions } from '../support/browser.js';
import { everybodyLeaves, expectPhase, guest, openConsole, television } from '../support/party.js';
import { startServer } from '../support/server.js';

// As on people's machines: nothing is heard before a gesture.
const args = [...launchOptions.args, '--autoplay-policy=document-user-activation-required'];
test.use({ launchOptions: { ...launchOptions, args } });

let server;

test.beforeEach(async () => {
  server = await startServer();
});

test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await server.stop();
});

const show = (page) => expect(page.getByTestId('show'));

/** A screen with something in its browser's memory, or something that watches the page. */
async function preparedConsole(browser, prepare, argument) {
  const context = await browser.newContext(television);
  await context.addInitScript(prepare, argument);
  const page = await context.newPage();
  await page.goto(server.console);
  await expectPhase(page, 'lobby');
  return page;
}

test('the screen stays lit, by a lock or, where there is none, by a video', async ({ browser }) => {
  const locked = await openConsole(browser, server.console);
  await show(locked.page).toHaveAttribute('data-awake', 'held');
  await locked.page.close();

  // A page from plain http has no lock.
  const plain = await preparedConsole(browser, () => delete Navigator.prototype.wakeLock);
  await plain.getByRole('heading', { level: 1 }).click();
  await show(plain).toHaveAttribute('data-awake', 'fallback');
  const playing = () => plain.getByTestId('vigil').evaluate((video) => !video.paused && video.currentTime);
  await expect.poll(playing).toBeGreaterThan(0.5);
  // What engines ask of a video that keeps the screen on: large enough, with sound that need not be heard.
  const share = await plain.getByTestId('vigil').evaluate((video) => {
    const { width, height } = video.getBoundingClientRect();
    return (width * height) / (innerWidth * innerHeight);
  });
  expect(share).toBeGreaterThan(0.2);
});

/** Counts the tones that a page starts. */
function countTones() {
  window.tones = 0;
  const { start } = AudioScheduledSourceNode.prototype;
  AudioScheduledSourceNode.prototype.start = function (...when) {
    window.tones += 1;
    return start.apply(this, when);
  };
}
const tones = (page) => page.evaluate(() => window.tones);

test('a race is heard once somebody has touched the screen, and not when it is muted, even after a reload', async ({ browser }) => {
  const page = await preparedConsole(browser, countTones);
  await expect(page.getByTestId('sound-on')).toBeVisible();
  await guest(server, '', 'Ada');
  await expect(page.getByTestId('racer')).toHaveCount(1);
  expect(await tones(page), 'nothing is heard before a gesture').toBe(0);
  await page.getByTestId('sound-on').click();
  await show(page).toHaveAttribute('data-hearing', 'on');
  const { seat } = await guest(server, '', 'Bo');
  await expect.poll(() => tones(page), 'a guest is greeted').toBeGreaterThan(0);

  await page.getByTestId('start').click();
  await seat.heard('phase', ({ phase }) => phase === 'running');
  await expectPhase(page, 'running');
  await expect.poll(() => tones(page), 'the countdown, the gun and the pulse').toBeGreaterThan(20);

  await page.keyboard.press('m');
  await show(page).toHaveAttribute('data-hearing', 'off');
  await page.reload();
  await expectPhase(page, 'running');
  await show(page).toHaveAttribute('data-hearing', 'off');
  await page.getByTestId('cancel').click();
  await expectPhase(page, 'lobby');
  await page.getByTestId('start').click();
  await expect(page.getByTestId('countdown')).toHaveText('GO!');
  expect(await tones(page)).toBe(0);
});

/** Notes when the countdown says GO. */
function noteGo() {
  new MutationObserver(() => {
    const shown = document.querySelector('[data-testid=countdown]');
    if (shown?.textContent === 'GO!') window.went ??= Date.now();
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

test('a television that is late says GO earlier by its delay', async ({ browser }) => {
  const late = await preparedConsole(browser, (delay) => localStorage.setItem('tap-racer:tv-delay', delay), '1200');
  const prompt = await preparedConsole(browser, () => undefined);
  for (const page of [late, prompt]) await page.evaluate(noteGo);
  const { seat } = await guest(server, '', 'Ada');
  await expect(prompt.getByTestId('racer')).toHaveCount(1);
  await prompt.getByTestId('start').click();
  const { go_at: gun } = await seat.heard('phase', ({ phase }) => phase === 'running');
  const wentAt = async (page) => {
    await expect.poll(() => page.evaluate(() => window.went)).toBeDefined();
    return (await page.evaluate(() => window.went)) - gun;
  };
  const [early, onTime] = [await wentAt(late), await wentAt(prompt)];
  expect(early).toBeGreaterThan(-1250);
  expect(early).toBeLessThan(-600);
  expect(onTime).toBeGreaterThan(-50);
});

test('one key fills the whole screen, and gives it back', async ({ browser }) => {
  const { page } = await openConsole(browser, server.console);
  const full = () => page.evaluate(() => document.fullscreenElement !== null);
  await page.keyboard.press('f');
  await expect(page.getByTestId('full-screen')).toHaveAttribute('aria-pressed', 'true');
  expect(await full()).toBe(true);
  await page.mouse.move(300, 300);
  await page.getByTestId('full-screen').click();
  await expect(page.getByTestId('full-screen')).toHaveAttribute('aria-pressed', 'false');
  expect(await full()).toBe(false);
});
