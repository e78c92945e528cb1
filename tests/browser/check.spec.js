// What a host learns before the guests come.
import { expect, test } from '@playwright/test';

import { everybodyLeaves, television } from '../support/party.js';
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

async function open(browser, path = '/check') {
  const page = await (await browser.newContext(television)).newPage();
  await page.goto(server.origin + path);
  return page;
}

const grade = (page, id) => page.getByTestId(id).getAttribute('data-grade');

test('a server that only this computer can reach is no place for phones', async ({ browser }) => {
  const page = await open(browser, '/');
  await page.getByRole('link', { name: 'Check this network' }).click();
  await expect(page.getByTestId('verdict')).toHaveAttribute('data-grade', 'bad');
  await expect(page.getByTestId('verdict')).toContainText('No phone can come in yet.');
  await expect(page.getByTestId('finding-websocket')).toContainText(/usually \d+ ms/);
  for (const id of ['websocket', 'longpoll', 'clock', 'awake']) expect(await grade(page, `finding-${id}`)).toBe('good');
  expect(await grade(page, 'finding-address')).toBe('bad');
});

test('a server with an address for phones is ready, and shows it', async ({ browser }) => {
  const page = await (await browser.newContext(television)).newPage();
  const home = 'http://192.168.1.5:4000';
  // What a server in a living room says.
  await page.routeWebSocket(/\/socket\/websocket/, (socket) => {
    const line = socket.connectToServer();
    line.onMessage((message) => socket.send(String(message).replaceAll(server.origin, home)));
  });
  await page.goto(`${server.origin}/check`);
  await expect(page.getByTestId('verdict')).toHaveAttribute('data-grade', 'good');
  await expect(page.getByTestId('finding-address')).toContainText(`${home}/play`);
  await expect(page.getByTestId('qr')).toBeVisible();
});

test('a network without WebSockets is told from one without a server', async ({ browser }) => {
  const page = await (await browser.newContext(television)).newPage();
  await page.routeWebSocket(/\/socket\/websocket/, (socket) => socket.close());
  await page.goto(`${server.origin}/check`);
  await expect(page.getByTestId('finding-websocket')).toHaveAttribute('data-grade', 'bad', { timeout: 30_000 });
  await expect(page.getByTestId('finding-longpoll')).toHaveAttribute('data-grade', 'good');
  await page.route(/\/socket\/longpoll/, (route) => route.abort());
  await page.getByTestId('check-again').click();
  await expect(page.getByTestId('verdict')).toContainText('The server cannot be reached.', { timeout: 40_000 });
});

test('a browser that refuses to keep the screen on is not said to do so', async ({ browser }) => {
  const page = await (await browser.newContext(television)).newPage();
  await page.addInitScript(() => {
    navigator.wakeLock.request = () => Promise.reject(new Error('low battery'));
  });
  await page.goto(`${server.origin}/check`);
  await expect(page.getByTestId('finding-awake')).toContainText('Not right now');
  expect(await grade(page, 'finding-awake')).toBe('fair');
});

test('who taps along late has a late television, until it is forgotten', async ({ browser }) => {
  const page = await open(browser);
  // A finger that presses the space bar so long after it sees the light, on a television as late.
  const late = 100;
  // The light is there once the page has its words.
  await page.getByTestId('tap-along').locator('i').evaluate((light, late) => {
    let wasLit = false;
    new MutationObserver(() => {
      const isLit = light.style.opacity === '1';
      if (isLit && !wasLit) setTimeout(() => window.dispatchEvent(new KeyboardEvent('keydown', { key: ' ' })), late);
      wasLit = isLit;
    }).observe(light, { attributeFilter: ['style'] });
  }, late);
  await page.getByTestId('tap-along').click();
  const told = page.getByTestId('tv-delay');
  await expect(told).toContainText(/This screen is \d+ ms late/, { timeout: 30_000 });
  const delay = Number(await told.getAttribute('data-delay'));
  // People are 30 ms ahead of a beat; this one is not, and a busy machine adds a few.
  expect(delay).toBeGreaterThanOrEqual(late + 30);
  expect(delay).toBeLessThan(late + 90);
  expect(await page.evaluate(() => localStorage.getItem('tap-racer:tv-delay'))).toBe(String(delay));
  await page.reload();
  await expect(told).toHaveAttribute('data-delay', String(delay));
  await page.getByTestId('tv-clear').click();
  await expect(told).toHaveAttribute('data-delay', '0');
  expect(await page.evaluate(() => localStorage.getItem('tap-racer:tv-delay'))).toBeNull();
});
