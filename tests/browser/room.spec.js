// What else happens in a room: guests who are sent away, talk, a network that fails.
import { expect, test } from '@playwright/test';

import {
  everybodyLeaves, expectCount, expectPhase, handset, hostRace, join, openConsole, racers, sprint, tap,
} from '../support/party.js';
import { openLine } from '../support/line.js';
import { startServer } from '../support/server.js';

let server;

test.beforeEach(async () => {
  server = await startServer();
});

test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await server.stop();
});

async function sendAway(screen, name, how) {
  await screen.page.locator(`[data-testid=racer][data-name="${name}"] button`).click();
  await screen.page.getByTestId(how).click();
}

async function joinAgain(phone, name) {
  await phone.getByRole('button', { name: 'Join again' }).click();
  await phone.getByTestId('name').fill(name);
  await phone.getByTestId('join').click();
}

test('who is removed may come back under another name, and who is banned may not', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const guest = await join(browser, screen.joinUrl, 'Nuisance');
  await sendAway(screen, 'Nuisance', 'kick');
  await expect(guest.getByTestId('kicked')).toBeVisible();
  await joinAgain(guest, 'Ada');
  await expect.poll(() => racers(screen.page)).toEqual({ Ada: 0 });
  await sendAway(screen, 'Ada', 'ban');
  for (const name of ['Ada', 'Bo', 'Cy']) {
    if (name !== 'Ada') await guest.reload();
    else await joinAgain(guest, name);
    await expect(guest.getByRole('alert')).toContainText('The host does not want you in this room.');
  }
  expect(await racers(screen.page)).toEqual({});
});

test('what is said on a phone is heard by the others and seen on the screen, as text', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const talkers = [];
  for (const name of ['Ada', 'Bo']) {
    const context = await browser.newContext(handset);
    const page = await context.newPage();
    await page.goto(`${server.origin}/chat/${screen.room}`);
    await page.getByTestId('name').fill(name);
    await page.getByTestId('join').click();
    talkers.push(page);
  }
  const [ada, bo] = talkers;
  const text = '<b onclick="alert(1)">שלום</b> 🎉';
  await ada.getByTestId('text').fill(text);
  await ada.getByTestId('send').click();
  await expect(bo.getByTestId('message')).toContainText(text);
  await expect(screen.page.getByTestId('chat-message')).toContainText(`Ada ${text}`);
  await ada.getByTestId('text').fill('x'.repeat(501));
  await expect(ada.getByTestId('send')).toBeDisabled();
  await bo.reload();
  await bo.getByTestId('join').click();
  await expect(bo.getByTestId('message')).toContainText(text);
});

test('a screen and a phone whose network fails in mid-race miss nothing', async ({ browser }) => {
  const screenLine = await openLine(server);
  const phoneLine = await openLine(server);
  const screen = await openConsole(browser, `${screenLine.origin}/console`);
  const ada = await join(browser, `${phoneLine.origin}/play`, 'Ada');
  const bo = await join(browser, server.join, 'Bo');
  const polls = [];
  for (const page of [screen.page, ada]) {
    page.on('request', (request) => {
      if (request.url().includes('/longpoll')) polls.push(request.url());
    });
  }
  await sprint(screen.page, 30);
  await screen.page.getByTestId('start').click();
  for (const page of [screen.page, ada, bo]) await expectPhase(page, 'running');

  screenLine.cut();
  await expect(screen.page.getByTestId('disconnected')).toBeVisible();
  await tap(bo, 6);
  await expectCount(bo, 6);
  screenLine.mend();
  await expect(screen.page.getByTestId('disconnected')).toHaveCount(0);
  await expect.poll(() => racers(screen.page)).toEqual({ Ada: 0, Bo: 6 });

  phoneLine.cut();
  await expect(ada.getByTestId('disconnected')).toBeVisible();
  await expect(screen.page.locator('[data-testid=racer][data-name=Ada]')).toHaveAttribute('data-connected', 'false');
  await tap(ada, 12);
  await expect(ada.getByTestId('count')).toHaveText('12');
  phoneLine.mend();
  await expectCount(ada, 12);
  await expect.poll(() => racers(screen.page)).toEqual({ Ada: 12, Bo: 6 });
  await tap(ada, 18);
  await expect(screen.page.getByTestId('winner')).toContainText('Ada');
  expect(polls, 'who had a WebSocket gets one again').toEqual([]);
  await Promise.all([screenLine.close(), phoneLine.close()]);
});

test('refusals are told in plain words', async ({ browser }) => {
  const page = await browser.newPage();
  await page.goto(server.origin);
  await page.getByTestId('join-code').fill('7777');
  await page.getByTestId('join-go').click();
  await expect(page.getByRole('alert')).toContainText('There is no room with this code.');
  await page.goto(`${server.origin}/console/7777`);
  await expect(page.getByRole('alert')).toContainText('There is no room 7777.');
  await page.goto(`${server.origin}/play/7777`);
  await expect(page.getByRole('alert')).toContainText('There is no room with this code.');
  await page.goto(`${server.origin}/nowhere`);
  await expect(page.getByRole('link', { name: 'To the start' })).toBeVisible();

  await page.goto(`${server.origin}/play`);
  await page.getByTestId('join').click();
  await expect(page.getByRole('alert')).toContainText('Please type your name first.');
  await page.getByTestId('name').fill('Fuck this');
  await page.getByTestId('join').click();
  await expect(page.getByRole('alert')).toContainText('That name is not allowed here.');
  const screen = await openConsole(browser, server.console);
  await screen.page.getByTestId('host-open').click();
  await screen.page.getByTestId('host-tab-door').click();
  await screen.page.getByTestId('door-locked').click();
  await expect(screen.page.getByTestId('door-locked')).toHaveAttribute('aria-pressed', 'true');
  await page.getByTestId('name').fill('Ada');
  await page.getByTestId('join').click();
  await expect(page.getByRole('alert')).toContainText('The host has closed the door');
  await page.close();
});
