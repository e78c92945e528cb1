// What is kept for who has an account, and shown as it happens.
import { expect, test } from '@playwright/test';

import { clientOf, logIn, manyAccounts, password, signUp } from '../support/accounts.js';
import { Client } from '../support/live.js';
import { everybodyLeaves, expectPhase, handset, joinIn, tap, television } from '../support/party.js';
import { startServer } from '../support/server.js';

let server;

test.beforeAll(async () => {
  server = await startServer({ args: manyAccounts });
});
test.afterAll(async () => {
  await server.stop();
});
test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
});

/** A room with a host that no browser draws. */
async function room() {
  const { room: code, host } = await (await fetch(`${server.origin}/api/rooms`, { method: 'POST' })).json();
  const client = new Client(server.socket);
  return { code, client, host: await client.join(`console:${code}`, { host }) };
}

/** A browser of somebody on the account page. */
async function accountPage(browser, name, enter) {
  const context = await browser.newContext(television);
  await enter(context, server, name);
  const page = await context.newPage();
  await page.goto(`${server.origin}/account`);
  await expect(page.getByTestId('player-name')).toHaveText(name);
  return page;
}

async function fillIn(page, name) {
  await page.getByTestId('account-name').fill(name);
  await page.getByTestId('account-password').fill(password);
  await page.getByTestId('account-go').click();
}

const sprint = { mode: 'sprint', taps: 8 };

test('a race run on one phone stands on the account page of another browser at once', async ({ browser }) => {
  const { code, client, host } = await room();
  const context = await browser.newContext(handset);
  const phone = await context.newPage();
  await phone.goto(`${server.origin}/account?next=/play/${code}`);
  await fillIn(phone, 'Ada');
  await expect(phone).toHaveURL(`${server.origin}/play/${code}`);
  const other = await accountPage(browser, 'Ada', logIn);
  await expect(other.getByTestId('stat-races')).toHaveText('0');

  await phone.getByTestId('join').click();
  await host.heard('racer_joined');
  await host.ask('start', { rules: { ...sprint, countdown: 0 } });
  await expectPhase(phone, 'running');
  await tap(phone, 8);
  await expect(phone.getByTestId('result')).toHaveAttribute('data-place', '1');
  const row = other.getByTestId('race');
  await expect(row).toHaveAttribute('data-new', 'true', { timeout: 5000 });
  await expect(row).toHaveAttribute('data-taps', '8');
  await expect(row.getByTestId('personal-best'), 'a first race is no improvement').toHaveCount(0);
  await expect(other.getByTestId('stat-races')).toHaveText('1');
  await expect(other.getByTestId('kind')).toHaveAttribute('data-key', 'sprint-8');

  // A score that a game on another page sends.
  const games = await clientOf(context, server);
  const practice = await games.join('score:practice');
  await practice.ask('new_score', { score: 77 });
  await expect(other.getByTestId('game')).toHaveAttribute('data-best', '77');
  await Promise.all([client.close(), games.close()]);
});

test('a guest who signs up keeps what this device has raced, to be seen again tap by tap', async ({ browser }) => {
  const { code, client, host } = await room();
  const context = await browser.newContext({ ...handset, reducedMotion: 'reduce' });
  const phone = await joinIn(context, `${server.origin}/play/${code}`, 'Bo');
  await host.heard('racer_joined');
  await host.ask('start', { rules: { ...sprint, countdown: 0 } });
  await expectPhase(phone, 'running');
  await tap(phone, 8);
  await expect(phone.getByTestId('result')).toHaveAttribute('data-place', '1');

  await phone.goto(`${server.origin}/account`);
  await fillIn(phone, 'Bo');
  await expect(phone.getByTestId('claimed')).toContainText('1 race');
  await expect(phone.getByTestId('race')).toHaveAttribute('data-taps', '8');
  await phone.getByTestId('replay').click();
  const at = phone.getByTestId('replay-at');
  await expect(at).toHaveAttribute('aria-valuetext', /0 taps/);
  await at.fill(await at.getAttribute('max'));
  await expect(at).toHaveAttribute('aria-valuetext', /8 taps/);
  await client.close();
});

test('what is wrong is said at the field, and the other form is one step away', async ({ browser }) => {
  await signUp(await browser.newContext(), server, 'Cy');
  const page = await (await browser.newContext(handset)).newPage();
  await page.goto(`${server.origin}/account`);
  await fillIn(page, 'cy');
  const name = page.getByTestId('account-name');
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('alert')).toContainText('Somebody has this name already');
  await page.getByTestId('to-login').click();
  await page.getByTestId('account-password').fill('not the password');
  await page.getByTestId('account-go').click();
  await expect(page.getByRole('alert')).toContainText('do not belong together');
  await page.getByTestId('account-password').fill(password);
  await page.getByTestId('account-go').click();
  await expect(page.getByTestId('player-name')).toHaveText('Cy');
});

test('who logs out everywhere is logged out on every open page', async ({ browser }) => {
  const one = await accountPage(browser, 'Di', signUp);
  const other = await accountPage(browser, 'Di', logIn);
  await one.getByTestId('logout-everywhere').click();
  for (const page of [one, other]) await expect(page.getByTestId('notice')).toContainText('You have been logged out.');
  await other.reload();
  await expect(other.getByTestId('account-go')).toBeVisible();
});

test('a deleted account takes everything with it', async ({ browser }) => {
  const page = await accountPage(browser, 'Eve', signUp);
  await page.getByTestId('delete-account').click();
  await page.getByTestId('delete-password').fill('not the password');
  await page.getByTestId('delete-go').click();
  await expect(page.getByRole('alert')).toContainText('That is not the password.');
  await page.getByTestId('delete-password').fill(password);
  await page.getByTestId('delete-go').click();
  await expect(page.getByTestId('notice')).toContainText('Your account is deleted');
  await page.goto(`${server.origin}/player/Eve`);
  await expect(page.getByRole('heading')).toHaveText('Nobody here is called Eve.');
});

test('a token that the server refuses keeps nobody out', async ({ browser }) => {
  const context = await browser.newContext(television);
  await signUp(context, server, 'Flo');
  const page = await context.newPage();
  let asked = 0;
  await page.route('**/api/session', async (route) => {
    const response = await route.fetch();
    asked += 1;
    const me = await response.json();
    await route.fulfill({ response, json: asked === 1 ? { ...me, token: `${me.token.slice(0, -2)}xx` } : me });
  });
  await page.goto(`${server.origin}/account`);
  await expect(page.getByTestId('player-name')).toHaveText('Flo');
  expect(asked, 'the refused token was asked for anew').toBeGreaterThan(1);
});
