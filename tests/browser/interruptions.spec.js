// Whatever happens to a phone, to its network, to the screen or to the server: each finger counts once.
import { expect, test } from '@playwright/test';

import { launchOptions } from '../support/browser.js';
import { openLine } from '../support/line.js';
import { Client } from '../support/live.js';
import {
  everybodyLeaves, expectCount, expectPhase, handset, hostRace, joinIn, places, racers, sprint, tap, television,
} from '../support/party.js';
import { startServer } from '../support/server.js';

// As in everybody's browser, where a page that is left may be come back to as it was.
test.use({ launchOptions: { ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] } });

let server;
let line;

test.beforeEach(async () => {
  server = await startServer();
  line = await openLine(server);
});

test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await line.close();
  await server.stop();
});

const course = 60;
// Bo is quick.
const toSixty = { mode: 'sprint', taps: course, max_taps_per_second: 100 };

/**
 * A room that a program hosts, so that a heat begins in a moment: Ada's phone on the line that can fail,
 * a big screen, and Bo, who ends a sprint when he is told to.
 */
async function party(browser) {
  const { room, host } = await (await fetch(`${server.origin}/api/rooms`, { method: 'POST' })).json();
  const control = await new Client(server.socket).join(`console:${room}`, { host });
  const context = await browser.newContext(handset);
  let seat;
  const [ada, screen, bo] = await Promise.all([
    joinIn(context, `${line.origin}/play/${room}`, 'Ada'),
    openScreen(browser, room),
    // As a page does it, with the seat that it has been given.
    new Client(server.socket).join(`play:${room}`, () => ({ name: 'Bo', seat })),
  ]);
  ({ seat } = bo.reply);
  await expect.poll(() => racers(screen)).toEqual({ Ada: 0, Bo: 0 });
  return { room, control, ada, screen, bo };
}

async function openScreen(browser, room) {
  const screen = await (await browser.newContext(television)).newPage();
  await screen.goto(`${server.origin}/console/${room}`);
  await expect(screen.getByTestId('phase')).toHaveAttribute('data-phase', /./);
  return screen;
}

async function begin({ control, ada }, rules = toSixty) {
  await control.ask('start', { rules: { countdown: 500, ...rules } });
  await expectPhase(ada, 'running');
}

/** Bo does the whole course at once. */
async function finish({ control, bo }) {
  const { heat } = control.all('phase').at(-1) ?? control.reply;
  bo.say('tap', { heat, n: course });
  await control.heard('results', (results) => results.final && results.heat === heat);
}

/** What Ada tapped is her result, on her phone and on a screen. */
async function expectResult({ ada, screen }, taps) {
  await expectPhase(ada, 'finished');
  const shown = ada.getByTestId('result').locator('dt', { hasText: 'Taps' }).locator('xpath=following-sibling::dd');
  await expect(shown).toHaveText(String(taps));
  await expectPhase(screen, 'finished');
  await expect.poll(async () => (await places(screen)).Ada?.taps).toBe(taps);
}

const isThere = (screen, name, there) =>
  expect(screen.locator(`[data-testid=racer][data-name=${name}]`)).toHaveAttribute('data-connected', String(there));

/** The screen goes dark and nothing of the page runs any more, until it is woken. */
async function fallAsleep(phone) {
  const show = (state) =>
    phone.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  const devtools = await phone.context().newCDPSession(phone);
  await show('hidden');
  await devtools.send('Debugger.enable');
  await devtools.send('Debugger.pause');
  return async () => {
    await devtools.send('Debugger.disable');
    await show('visible');
  };
}

test('tapping on through a connection that drops', async ({ browser }) => {
  const race = await party(browser);
  await begin(race);
  await tap(race.ada, 8);
  line.cut();
  await tap(race.ada, 10);
  await expect(race.ada.getByTestId('disconnected')).toBeVisible();
  await tap(race.ada, 4);
  line.mend();
  await expectCount(race.ada, 22);
  await tap(race.ada, 5);
  await finish(race);
  await expectResult(race, 27);
});

test('tapping on while the network changes, again and again', async ({ browser }) => {
  const race = await party(browser);
  await begin(race);
  const tapping = tap(race.ada, 40);
  for (const taps of [5, 15, 25]) {
    await expect.poll(async () => (await racers(race.screen)).Ada).toBeGreaterThan(taps);
    line.hangUp();
  }
  await tapping;
  await expectCount(race.ada, 40);
  await finish(race);
  await expectResult(race, 40);
});

test('a network that is gone over the end of a timed heat', async ({ browser }) => {
  const race = await party(browser);
  await begin(race, { mode: 'timed', seconds: 5 });
  // Who is lost for five seconds is waited for no longer: so not before the middle.
  let taps = 0;
  while (!race.control.all('tick').some(({ t }) => t > 2500)) {
    await tap(race.ada, 4);
    taps += 4;
  }
  line.cut();
  await tap(race.ada, 8);
  taps += 8;
  await expect(race.ada.getByTestId('count')).toHaveText(String(taps));
  await expectPhase(race.screen, 'finishing');
  // Nobody is told that Bo has won while Ada's taps are still to come.
  expect(race.control.all('results').some((results) => results.final)).toBe(false);
  line.mend();
  await expectResult(race, taps);
});

test('a page that is reloaded at once after a tap', async ({ browser }) => {
  const race = await party(browser);
  await begin(race);
  await tap(race.ada, 9);
  await race.ada.reload();
  await expectCount(race.ada, 9);
  // These have never been said when the page goes.
  line.cut();
  await tap(race.ada, 9);
  line.mend();
  await race.ada.reload();
  await expectCount(race.ada, 18);
  await finish(race);
  await expectResult(race, 18);
});

test('the back button, and back again', async ({ browser }) => {
  const race = await party(browser);
  await race.ada.evaluate(() => window.addEventListener('pageshow', ({ persisted }) => {
    window.kept = persisted;
  }));
  await begin(race);
  const { ada } = race;
  const there = ada.url();
  line.cut();
  await tap(ada, 9);
  line.mend();
  await ada.goto(line.origin);
  // `goBack` waits for a page to load, and none does.
  void ada.evaluate(() => history.back()).catch(() => undefined);
  await expect(ada).toHaveURL(there);
  expect(await ada.evaluate(() => window.kept), 'the page was kept as it was').toBe(true);
  await expectCount(race.ada, 9);
  await tap(race.ada, 9);
  await finish(race);
  await expectResult(race, 18);
});

test('a phone that sleeps and wakes', async ({ browser }) => {
  const race = await party(browser);
  await begin(race);
  await tap(race.ada, 9);
  const wake = await fallAsleep(race.ada);
  await isThere(race.screen, 'Ada', false);
  await wake();
  await tap(race.ada, 9);
  await expectCount(race.ada, 18);
  await isThere(race.screen, 'Ada', true);
  await finish(race);
  await expectResult(race, 18);
});

test('a second tab of the same phone, and back to the first', async ({ browser }) => {
  const race = await party(browser);
  await begin(race);
  await tap(race.ada, 7);
  const second = await race.ada.context().newPage();
  await second.goto(race.ada.url());
  await expectCount(second, 7);
  await expect(race.ada.getByTestId('seat-taken')).toBeVisible();
  await tap(second, 7);
  await expectCount(second, 14);
  await race.ada.bringToFront();
  await race.ada.getByTestId('seat-taken').getByRole('button').click();
  await expect(second.getByTestId('seat-taken')).toBeVisible();
  await expectCount(race.ada, 14);
  await tap(race.ada, 7);
  expect(await racers(race.screen)).toHaveProperty('Ada');
  await finish(race);
  await expectResult(race, 21);
});

test('a server that is killed in the middle of a sprint', async ({ browser }) => {
  const race = await party(browser);
  await begin(race);
  const tapping = tap(race.ada, 45);
  await expect.poll(async () => (await racers(race.screen)).Ada).toBeGreaterThan(7);
  await server.kill();
  await expect(race.ada.getByTestId('disconnected')).toBeVisible();
  await server.restart();
  await tapping;
  await expectCount(race.ada, 45);
  await finish(race);
  await expectResult(race, 45);
});

test('a server that is away when a timed heat ends', async ({ browser }) => {
  const race = await party(browser);
  await begin(race, { mode: 'timed', seconds: 6 });
  await tap(race.ada, 10);
  await server.kill();
  await tap(race.ada, 12);
  await expect(race.ada.getByTestId('count')).toHaveText('22');
  await expect(race.ada.getByTestId('says')).toContainText('Time');
  await server.restart();
  await expectResult(race, 22);
});

test('a server that is killed in the lobby, in the countdown, and when all is over', async ({ browser }) => {
  const race = await party(browser);
  const lane = () => race.screen.locator('[data-testid=racer][data-name=Ada]').getAttribute('data-lane');
  const before = await lane();
  await server.kill();
  await server.restart();
  for (const name of ['Ada', 'Bo']) await isThere(race.screen, name, true);
  expect(await lane()).toBe(before);

  await race.control.ask('start', { rules: { ...toSixty, countdown: 2500 } });
  await expectPhase(race.ada, 'countdown');
  await server.kill();
  await server.restart();
  await expectPhase(race.ada, 'running');
  await tap(race.ada, 12);
  await finish(race);
  await expectResult(race, 12);

  await server.kill();
  await server.restart();
  await race.screen.reload();
  await expectResult(race, 12);
  await race.control.ask('rematch');
  await expectPhase(race.ada, 'running');
  await tap(race.ada, 5);
  await expectCount(race.ada, 5);
});

test('a screen that is reloaded, then lost, and one that is opened late', async ({ browser }) => {
  const host = await hostRace(browser, server);
  const ada = await joinIn(await browser.newContext(handset), host.joinUrl, 'Ada');
  await sprint(host.page, 30);
  await host.page.getByTestId('start').click();
  await expectPhase(ada, 'running');
  await tap(ada, 8);
  await host.page.reload();
  await expect.poll(() => racers(host.page)).toEqual({ Ada: 8 });
  const second = await openScreen(browser, host.room);
  await expect.poll(() => racers(second)).toEqual({ Ada: 8 });
  await host.page.close();
  await tap(ada, 22);
  await expectResult({ ada, screen: second }, 30);
  const third = await openScreen(browser, host.room);
  await expectResult({ ada, screen: third }, 30);
});
