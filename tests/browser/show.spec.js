// The show on the big screen: what surrounds a race and what remains of it.
import { readFile } from 'node:fs/promises';

import { expect, test } from '@playwright/test';
import { PNG } from 'pngjs';

import { Client } from '../support/live.js';
import { everybodyLeaves, expectPhase, guest, openConsole, sprint, television } from '../support/party.js';
import { startServer } from '../support/server.js';

let server;
let clients = [];

test.beforeEach(async () => {
  server = await startServer();
});

test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await Promise.all(clients.map((client) => client.close()));
  clients = [];
  await server.stop();
});

/** A racer without a browser. */
async function racer(name) {
  const { client, seat } = await guest(server, '', name);
  clients.push(client);
  return { seat };
}

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

/**
 * Counts the tones that a page starts, and lets it be heard from the first click on. Browsers do so by
 * themselves, but to them whatever a test asks of a page is a gesture.
 */
function listen() {
  window.tones = 0;
  const { start } = AudioScheduledSourceNode.prototype;
  AudioScheduledSourceNode.prototype.start = function (...when) {
    window.tones += 1;
    return start.apply(this, when);
  };
  let touched = false;
  document.addEventListener('click', () => (touched = true), true);
  window.AudioContext = class extends AudioContext {
    get state() {
      return touched ? super.state : 'suspended';
    }
    resume() {
      return touched ? super.resume() : new Promise(() => undefined);
    }
  };
}
const tones = (page) => page.evaluate(() => window.tones);

test('a race is heard once somebody has touched the screen, and not when it is muted, even after a reload', async ({ browser }) => {
  const page = await preparedConsole(browser, listen);
  await expect(page.getByTestId('sound-on')).toBeVisible();
  await racer('Ada');
  await expect(page.getByTestId('racer')).toHaveCount(1);
  expect(await tones(page), 'nothing is heard before a gesture').toBe(0);
  await page.getByTestId('sound-on').click();
  await show(page).toHaveAttribute('data-hearing', 'on');
  const { seat } = await racer('Bo');
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
  const { seat } = await racer('Ada');
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

/** A race of six taps on a screen, run to its end: Ada first, Bo two behind. */
async function race(page, [ada, bo]) {
  const heats = ada.seat.all('phase').length;
  await page.getByTestId('start').or(page.getByTestId('rematch')).click();
  await expectPhase(page, 'running');
  const { heat } = await ada.seat.heard('phase', (change) => change.phase === 'running' && ada.seat.all('phase').indexOf(change) >= heats);
  bo.seat.say('tap', { heat, n: 4 });
  ada.seat.say('tap', { heat, n: 6 });
  await expectPhase(page, 'finished');
}

test('the result is a picture to keep: upright, and with something on it', async ({ browser }) => {
  const { page } = await openConsole(browser, server.console);
  const racers = [await racer('Ada'), await racer('Bo')];
  await sprint(page, 6);
  await race(page, racers);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('share').click()]);
  expect(download.suggestedFilename()).toMatch(/^tap-racer-\d{4}-\d\d-\d\d-1\.png$/);
  const { width, height, data } = PNG.sync.read(await readFile(await download.path()));
  expect([width, height]).toEqual([1080, 1350]);
  // Each racer's colour covers a step of the podium.
  const seen = new Map();
  for (let i = 0; i < data.length; i += 4) {
    const colour = `${data[i]},${data[i + 1]},${data[i + 2]}`;
    seen.set(colour, (seen.get(colour) ?? 0) + 1);
  }
  const colours = await page.locator('.podium > li').evaluateAll((steps) =>
    steps.map((step) => {
      const probe = document.createElement('i');
      probe.style.color = getComputedStyle(step).getPropertyValue('--c');
      document.body.append(probe);
      return getComputedStyle(probe).color.match(/\d+/g).join(',');
    }),
  );
  expect(colours).toHaveLength(2);
  for (const colour of colours) expect(seen.get(colour) ?? 0, colour).toBeGreaterThan(5000);
});

test('who wants no motion gets none, and misses nothing', async ({ browser }) => {
  const context = await browser.newContext({ ...television, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(server.console);
  await expectPhase(page, 'lobby');
  const racers = [await racer('Ada'), await racer('Bo')];
  await sprint(page, 6);
  const moving = () =>
    page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
  await page.getByTestId('start').click();
  await expect(page.getByTestId('countdown')).toHaveText('3');
  await expect.poll(moving).toBe(0);
  await expect(page.getByTestId('countdown').locator('span')).toHaveCSS('opacity', '1');
  await page.getByTestId('cancel').click();
  await race(page, racers);
  racers[0].seat.say('cheer', { emoji: '🎉' });
  await expect(page.getByTestId('cheer')).toBeAttached();
  await expect.poll(moving).toBe(0);
  expect(await page.getByTestId('cheer').evaluate((cheer) => getComputedStyle(cheer).opacity)).toBe('1');
  await expect(page.locator('.confetti i')).toHaveCount(0);
});

test('the best run comes back as a ghost under the same rules, and no others', async ({ browser }) => {
  const { page } = await openConsole(browser, server.console);
  const racers = [await racer('Ada'), await racer('Bo')];
  const ghost = page.getByTestId('ghost');
  await sprint(page, 6);
  await race(page, racers);
  await page.getByTestId('rematch').click();
  await expect(ghost).toHaveAttribute('data-name', 'Ada');
  await expectPhase(page, 'running');
  // It runs by itself, and is none of the racers.
  await expect(ghost.locator('.count')).toHaveText('6');
  await expect(page.getByTestId('racer')).toHaveCount(2);
  await page.getByTestId('cancel').click();
  await expectPhase(page, 'lobby');
  await sprint(page, 9);
  await page.getByTestId('start').click();
  await expect(page.getByTestId('racer').first().locator('.runner')).toBeVisible();
  await expect(ghost).toHaveCount(0);
});

test('after a group of a tournament the screen says who goes through', async ({ browser }) => {
  const { page } = await openConsole(browser, server.console);
  const racers = [];
  for (const name of ['Ada', 'Bo', 'Cy', 'Di']) racers.push(await racer(name));
  const client = new Client(server.socket);
  clients.push(client);
  const host = await client.join('console');
  await sprint(page, 6);
  await host.ask('lanes', { lanes: 2 });
  await host.ask('tournament', { on: true });
  await host.ask('start');
  const { heat, field } = await host.heard('phase', ({ phase }) => phase === 'running');
  const lanes = new Map(racers.map(({ seat }) => [seat.reply.racer.lane, seat]));
  field.forEach((lane, i) => lanes.get(lane).say('tap', { heat, n: 6 - i }));
  await expectPhase(page, 'finished');
  await expect(page.getByTestId('through')).toHaveCount(1);
  await expect(page.locator('[data-testid=place][data-place="1"]').getByTestId('through')).toBeVisible();
});

test('with a handicap each lane shows its own course', async ({ browser }) => {
  const { page } = await openConsole(browser, server.console);
  const [ada, bo] = [await racer('Ada'), await racer('Bo')];
  const client = new Client(server.socket);
  clients.push(client);
  const host = await client.join('console');
  await host.ask('rules', { rules: { mode: 'sprint', taps: 40, handicap: true } });
  const slow = await ada.seat.ask('calibrate', { taps: 15, ms: 5000 });
  const fast = await bo.seat.ask('calibrate', { taps: 45, ms: 5000 });
  expect(slow.handicap).toBeLessThan(fast.handicap);
  await host.ask('start');
  const courseOf = async (name) => {
    const { course } = (await roster(host)).find((racer) => racer.name === name);
    await expect(page.locator(`[data-testid=racer][data-name=${name}] .count`)).toHaveText(`0of ${course}`);
    return course;
  };
  expect(await courseOf('Ada')).toBeLessThan(await courseOf('Bo'));
});

/** Everybody as the last word about each was. */
async function roster(host) {
  const changes = host.all('racer_changed');
  return host.reply.racers.map((racer) => ({ ...racer, ...changes.findLast(({ id }) => id === racer.id) }));
}
