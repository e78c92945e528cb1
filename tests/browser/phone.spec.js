// What a guest does with the phone besides tapping: at the door, in the lobby, for the host, and with
// a hand that cannot tap fast.
import { expect, test } from '@playwright/test';

import { Client } from '../support/live.js';
import { everybodyLeaves, expectCount, expectPhase, guest, handset, join, joinIn, tap } from '../support/party.js';
import { startServer } from '../support/server.js';

let server;
let host;

test.beforeEach(async () => {
  server = await startServer();
  // The house room is hosted by whoever shows it.
  host = await new Client(server.socket).join('console');
});

test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await host.channel.socket.disconnect();
  await server.stop();
});

const standing = (page, where) => expect(page.getByTestId('phase')).toHaveAttribute('data-standing', where);

async function enter(browser, name) {
  const page = await join(browser, server.join, name);
  await standing(page, 'in');
  return page;
}

const named = (event, name) => host.heard(event, (racer) => racer.name === name);

test('who knocks waits, comes in when the host opens, and keeps waiting through a reload', async ({ browser }) => {
  await host.ask('door', { door: 'approve' });
  const ada = await join(browser, server.join, 'Ada');
  await expect(ada.getByTestId('knocking')).toBeVisible();
  const knock = await named('knock', 'Ada');
  await ada.reload();
  await expect(ada.getByTestId('knocking')).toBeVisible();
  await host.ask('admit', { id: knock.id });
  await standing(ada, 'in');
  await expect(ada.getByTestId('phase')).toContainText('Ada');

  const bo = await join(browser, server.join, 'Bo');
  await expect(bo.getByTestId('knocking')).toBeVisible();
  await host.ask('deny', { id: (await named('knock', 'Bo')).id });
  await standing(bo, 'door');
  await expect(bo.getByRole('alert')).toContainText('The host did not let you in this time.');
});

test('a guest takes another name and keeps the seat', async ({ browser }) => {
  const ada = await enter(browser, 'Ada');
  const { id } = await named('racer_joined', 'Ada');
  const seat = () => ada.evaluate(() => localStorage.getItem('tap-racer.seat.'));
  const first = await seat();
  await ada.getByTestId('me').click();
  await ada.getByTestId('new-name').fill('Fuck this');
  await ada.getByTestId('rename').click();
  await expect(ada.getByTestId('me-panel').getByRole('alert')).toContainText('not allowed');
  await ada.getByTestId('new-name').fill('Countess');
  await ada.getByTestId('rename').click();
  await expect(ada.getByTestId('me-panel')).toHaveCount(0);
  expect((await named('racer_changed', 'Countess')).id).toBe(id);
  await expect(ada.locator('header')).toContainText('Countess');
  expect(await seat(), 'the seat is signed anew, for the new name').not.toBe(first);
  await ada.reload();
  await standing(ada, 'in');
  await expect(ada.locator('header')).toContainText('Countess');
  expect(host.count('racer_joined')).toBe(1);

  const second = await seat();
  await host.ask('rename', { id, name: 'Ada the First' });
  await expect(ada.locator('header')).toContainText('Ada the First');
  expect(await seat()).not.toBe(second);
});

test('a co-host starts, stops, opens the door, lets in and sends away, from a phone', async ({ browser }) => {
  const ada = await enter(browser, 'Ada');
  const bo = await guest(server, '', 'Bo');
  await expect(ada.getByTestId('host-panel')).toHaveCount(0);
  await host.ask('cohost', { id: (await named('racer_joined', 'Ada')).id, cohost: true });
  await ada.getByTestId('host-panel').click();
  await ada.getByTestId('start').click();
  await expect(ada.getByTestId('host-sheet')).toHaveCount(0);
  await expectPhase(ada, 'running');
  await tap(ada, 2);
  await expectCount(ada, 2);
  await ada.getByTestId('host-panel').click();
  await ada.getByTestId('cancel').click();
  await expectPhase(ada, 'lobby');

  await ada.getByTestId('door-approve').click();
  await expect(ada.getByTestId('door-approve')).toHaveAttribute('aria-pressed', 'true');
  const cy = await join(browser, server.join, 'Cy');
  await ada.locator('[data-testid=knock][data-name=Cy]').getByTestId('admit').click();
  await standing(cy, 'in');
  const bos = ada.locator('[data-testid=guest][data-name=Bo]');
  await bos.getByTestId('kick').click();
  await expect(bos.getByTestId('kick')).toHaveText('Really remove?');
  await bos.getByTestId('kick').click();
  await bo.seat.heard('kicked');
  await expect(bos).toHaveCount(0);
  await bo.client.close();
});

test('five seconds of tapping give a course of one’s own', async ({ browser }) => {
  const ada = await enter(browser, 'Ada');
  await host.ask('rules', { rules: { mode: 'sprint', taps: 20, handicap: true } });
  await ada.getByTestId('calibrate').click();
  const pad = ada.getByTestId('calibrate-pad');
  while (await pad.isVisible()) await ada.keyboard.press('Space', { delay: 0 });
  await expect(ada.getByTestId('calibrated')).toContainText(/You tap [\d.]+ times a second. Your course is \d+ instead of 20 taps./);
  const { handicap } = await host.heard('racer_changed', ({ handicap }) => handicap != null);
  const course = Math.max(1, Math.ceil((20 * handicap) / 1000));
  await ada.getByTestId('calibrate-done').click();
  await expect(ada.getByTestId('calibration')).toContainText(`Your course is ${course} instead of 20 taps.`);
  await host.ask('start');
  await expectPhase(ada, 'running');
  await tap(ada, course);
  await expectPhase(ada, 'finished');
  await expect(ada.getByTestId('result')).toHaveAttribute('data-place', '1');
});

test('a race of holding is run with one key, pressed and let go', async ({ browser }) => {
  const ada = await enter(browser, 'Ada');
  await host.ask('start', { rules: { mode: 'sprint', taps: 24, input: 'hold' } });
  await expectPhase(ada, 'running');
  const gauge = ada.getByTestId('hold-pad').locator('.gauge i');
  const atTheTop = () => expect(gauge).toHaveAttribute('data-reach', /top|past/);
  await ada.keyboard.down('Space');
  await atTheTop();
  await ada.keyboard.up('Space');
  const stride = Number(await ada.getByTestId('count').textContent());
  expect(stride, 'six steady steps, and a leap for who lets go in time').toBeGreaterThanOrEqual(6);
  await expectCount(ada, stride);
  // A switch that cannot be held: one press begins, the next lets go.
  while ((await ada.getByTestId('phase').getAttribute('data-phase')) === 'running') {
    await ada.keyboard.press('Enter');
    await Promise.race([atTheTop(), expectPhase(ada, 'finished')]);
    await ada.keyboard.press('Enter');
  }
  await expectPhase(ada, 'finished');
  await expect(ada.getByTestId('result')).toHaveAttribute('data-place', '1');
  const [{ taps, refused }] = (await host.heard('results', ({ final }) => final)).places;
  expect([taps, refused]).toEqual([24, 0]);
});

test('a race of rhythm is run on the beat, and hammering does not help', async ({ browser }) => {
  const ada = await enter(browser, 'Ada');
  await host.ask('start', { rules: { mode: 'sprint', taps: 20, input: 'rhythm' } });
  await expectPhase(ada, 'running');
  await expect(ada.getByTestId('rhythm-pad')).toBeVisible();
  const light = () => ada.locator('.lights i').evaluateAll((lights) => lights.findIndex((one) => one.classList.contains('lit')));
  const nextBeat = async () => {
    const now = await light();
    await ada.waitForFunction((now) => !document.querySelectorAll('.lights i')[now]?.classList.contains('lit'), now, { polling: 'raf' });
  };
  await nextBeat();
  const hammered = await ada.evaluate(async () => {
    const pad = document.querySelector('[data-testid=rhythm-pad]');
    for (let press = 0; press < 9; press += 1) {
      for (const type of ['keydown', 'keyup']) pad.dispatchEvent(new KeyboardEvent(type, { key: ' ', bubbles: true }));
    }
    await new Promise(requestAnimationFrame);
    return Number(document.querySelector('[data-testid=count]').textContent);
  });
  expect(hammered, 'of nine presses of one beat one counts').toBeLessThanOrEqual(6);
  expect(hammered).toBeGreaterThan(0);
  while ((await ada.getByTestId('phase').getAttribute('data-phase')) === 'running') {
    await nextBeat();
    await ada.keyboard.press('Space');
  }
  await expectPhase(ada, 'finished');
  const [{ taps, refused }] = (await host.heard('results', ({ final }) => final)).places;
  expect([taps, refused]).toEqual([20, 0]);
});

test('the receipt says how the gun, the clock and every tap were measured', async ({ browser }) => {
  const ada = await enter(browser, 'Ada');
  await host.ask('start', { rules: { mode: 'sprint', taps: 10, countdown: 2000 } });
  await expectPhase(ada, 'countdown');
  await tap(ada, 2);
  await expect(ada.getByRole('heading', { name: 'Too early!' })).toBeVisible();
  await expectPhase(ada, 'running');
  await tap(ada, 10);
  await expectPhase(ada, 'finished');
  await expect(ada.getByTestId('receipt-lines'), 'folded away').toHaveCount(0);
  await ada.getByTestId('receipt').locator('summary').click();
  const lines = ada.getByTestId('receipt-lines');
  await expect(lines).toContainText(/Your gun fired within \d+ ms of everyone’s\./);
  await expect(lines).toContainText(/clock is known to \d+ ms\. A message to the server and back took \d+ ms\./);
  await expect(lines).toContainText(/You crossed the line at \d+\.\d{3} s\./);
  await expect(lines).toContainText('2 taps came before the gun and did not count.');
});

test('a browser that keeps nothing for this site keeps the seat through a reload', async ({ browser }) => {
  const context = await browser.newContext(handset);
  await context.addInitScript(() => {
    for (const area of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, area, {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    }
  });
  const ada = await joinIn(context, server.join, 'Ada');
  await standing(ada, 'in');
  await host.ask('start', { rules: { mode: 'sprint', taps: 30 } });
  await expectPhase(ada, 'running');
  await tap(ada, 6);
  await ada.reload();
  await expectPhase(ada, 'running');
  await expectCount(ada, 6);
  expect(host.count('racer_joined')).toBe(1);
});

test('the room tells its end, and each turn of the race is told to who cannot see it', async ({ browser }) => {
  const made = await (await fetch(`${server.origin}/api/rooms`, { method: 'POST' })).json();
  const screen = await new Client(server.socket).join(`console:${made.room}`, { host: made.host });
  const ada = await join(browser, `${server.origin}/play/${made.room}`, 'Ada');
  const news = ada.getByRole('status');
  await expect(news).toHaveText('You are in! First to 100 taps');
  await screen.ask('start', { rules: { mode: 'sprint', taps: 5 } });
  await expect(news).toHaveText('On your marks. First to 5 taps');
  await expect(news).toHaveText('GO!');
  await tap(ada, 5);
  await expect(news).toHaveText('You win! 5 taps.');
  await screen.ask('end');
  await expect(ada.getByTestId('closed')).toBeVisible();
  await screen.channel.socket.disconnect();
});

test('a phone is silent until its guest wants sounds, and remembers it', async ({ browser }) => {
  const context = await browser.newContext(handset);
  await context.addInitScript(() => {
    window.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) {
      window.tones += 1;
      return start.apply(this, when);
    };
  });
  const tones = (page) => page.evaluate(() => window.tones);
  const ada = await joinIn(context, server.join, 'Ada');
  await standing(ada, 'in');
  const heat = async () => {
    await host.ask('start', { rules: { mode: 'sprint', taps: 3, countdown: 1000 } });
    await expectPhase(ada, 'running');
    await tap(ada, 3);
    await expectPhase(ada, 'finished');
  };
  await heat();
  expect(await tones(ada)).toBe(0);
  await ada.getByTestId('me').click();
  await ada.getByTestId('sound').click();
  await expect(ada.getByTestId('sound')).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => tones(ada)).toBeGreaterThan(0);
  await ada.reload();
  await standing(ada, 'in');
  await heat();
  await expect.poll(() => tones(ada), 'the countdown, the gun and the end').toBeGreaterThanOrEqual(3);
});

test('a keyboard finds the name first, and the pad only where it is of use', async ({ browser }) => {
  const page = await browser.newPage();
  await page.goto(server.join);
  await expect(page.getByTestId('name')).toBeVisible();
  await page.getByTestId('pad').focus();
  await expect(page.getByTestId('pad')).not.toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('name')).toBeFocused();
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await standing(page, 'in');
  await page.getByTestId('pad').focus();
  await expect(page.getByTestId('pad')).toBeFocused();
  await page.close();
});

test('an account keeps no phone out of its race, whether its token is refused or nobody says who it is', async ({ browser }) => {
  const answers = {
    refused: (route) => route.fulfill({ json: { account: { id: 1, name: 'Ada', made: 0 }, token: 'forged', expires_in: 600_000 } }),
    // Nothing is ever answered.
    late: () => undefined,
  };
  for (const [why, answer] of Object.entries(answers)) {
    const context = await browser.newContext(handset);
    await context.addInitScript(() => localStorage.setItem('tap-racer.account', 'Ada'));
    await context.route('**/api/session', answer);
    const phone = await context.newPage();
    const lines = [];
    phone.on('websocket', (line) => lines.push(line));
    await phone.goto(server.join);
    await expect(phone.getByTestId('name')).toHaveValue('Ada');
    await phone.getByTestId('join').click();
    await expectPhase(phone, 'lobby');
    // Refused, as a guest, once more with another token, and as a guest from then on: by WebSocket.
    await expect.poll(() => lines.length, why).toBe(why === 'refused' ? 4 : 1);
    await expect(phone.getByTestId('disconnected')).toHaveCount(0);
    expect(lines.at(-1).isClosed(), why).toBe(false);
    await expectPhase(phone, 'lobby');
  }
});
