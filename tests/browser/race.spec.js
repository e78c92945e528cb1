// From one command to a winner on the big screen, with the hands of a host and three guests.
import { expect, test } from '@playwright/test';

import { everybodyLeaves, expectCount, expectPhase, handset, hostRace, join, joinIn, places, racers, sprint, tap } from '../support/party.js';
import { startServer } from '../support/server.js';

let server;

test.beforeEach(async () => {
  server = await startServer();
});

test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await server.stop();
});

test('guests scan the code, race, see the winner, and race again; two rooms do not meet', async ({ browser }) => {
  const red = await hostRace(browser, server);
  const blue = await hostRace(browser, server);
  expect(red.room).not.toBe(blue.room);
  expect(red.joinUrl).toBe(`${server.origin}/play/${red.room}`);
  await expect(red.page.getByTestId('join-url')).toContainText(red.room);

  const [ada, bo, cy] = await Promise.all(
    ['Ada', 'Bo', 'Cy'].map((name) => join(browser, red.joinUrl, name)),
  );
  const di = await join(browser, blue.joinUrl, 'Di');
  await expect.poll(() => racers(red.page)).toEqual({ Ada: 0, Bo: 0, Cy: 0 });
  await expect.poll(() => racers(blue.page)).toEqual({ Di: 0 });

  await sprint(red.page, 30);
  await red.page.getByTestId('start').click();
  for (const page of [red.page, ada, bo, cy]) await expectPhase(page, 'running');
  await expectPhase(blue.page, 'lobby');
  await expectPhase(di, 'lobby');

  await tap(cy, 7);
  await expectCount(cy, 7);
  await tap(ada, 12);
  await expectCount(ada, 12);
  await expect.poll(() => racers(red.page)).toEqual({ Ada: 12, Bo: 0, Cy: 7 });
  await tap(bo, 30);

  for (const page of [red.page, ada, bo, cy]) await expectPhase(page, 'finished');
  await expect(red.page.getByTestId('winner')).toContainText('Bo');
  await expect.poll(() => places(red.page)).toEqual({
    Bo: { place: 1, taps: 30 },
    Ada: { place: 2, taps: 12 },
    Cy: { place: 3, taps: 7 },
  });
  for (const [phone, place, taps] of [[bo, 1, 30], [ada, 2, 12], [cy, 3, 7]]) {
    await expect(phone.getByTestId('result')).toHaveAttribute('data-place', String(place));
    await expect(phone.getByTestId('result')).toContainText(String(taps));
  }
  expect(await racers(blue.page)).toEqual({ Di: 0 });

  await red.page.getByTestId('rematch').click();
  for (const page of [red.page, ada, bo, cy]) await expectPhase(page, 'running');
  await tap(ada, 30);
  await expectPhase(red.page, 'finished');
  await expect(red.page.getByTestId('winner')).toContainText('Ada');
  await expect(ada.getByTestId('result')).toHaveAttribute('data-place', '1');
  expect((await places(red.page)).Ada).toEqual({ place: 1, taps: 30 });
});

test('a guest who comes late races in the next heat', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const ada = await join(browser, screen.joinUrl, 'Ada');
  await sprint(screen.page, 20);
  await screen.page.getByTestId('start').click();
  await expectPhase(ada, 'running');

  const late = await join(browser, screen.joinUrl, 'Late');
  await expect(late.getByTestId('late')).toBeVisible();
  await tap(late, 3);
  await tap(ada, 20);
  await expectPhase(screen.page, 'finished');
  expect(Object.keys(await places(screen.page))).toEqual(['Ada']);

  await screen.page.getByTestId('rematch').click();
  await expectPhase(late, 'running');
  await tap(late, 20);
  await expectPhase(screen.page, 'finished');
  await expect(screen.page.getByTestId('winner')).toContainText('Late');
});

test('a guest who leaves in mid-race is out, and the race goes on', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const ada = await join(browser, screen.joinUrl, 'Ada');
  const bo = await join(browser, screen.joinUrl, 'Bo');
  await sprint(screen.page, 20);
  await screen.page.getByTestId('start').click();
  await expectPhase(ada, 'running');
  await expectPhase(bo, 'running');
  await tap(bo, 5);
  await expectCount(bo, 5);
  await bo.close();
  await expect(screen.page.locator('[data-testid=racer][data-name=Bo]')).toHaveAttribute('data-connected', 'false');
  await tap(ada, 20);
  await expectPhase(screen.page, 'finished');
  await expect.poll(() => places(screen.page)).toEqual({ Ada: { place: 1, taps: 20 }, Bo: { place: 2, taps: 5 } });
});

test('a phone that reloads in mid-race keeps its lane and its taps', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const ada = await join(browser, screen.joinUrl, 'Ada');
  const bo = await join(browser, screen.joinUrl, 'Bo');
  await sprint(screen.page, 30);
  await screen.page.getByTestId('start').click();
  await expectPhase(ada, 'running');
  const lane = () => screen.page.locator('[data-testid=racer][data-name=Ada]').getAttribute('data-lane');
  const before = await lane();
  await tap(bo, 3);
  await tap(ada, 11);
  // At once: the last taps may not have been sent.
  await ada.reload();
  await expectPhase(ada, 'running');
  await expectCount(ada, 11);
  expect(await lane()).toBe(before);
  await tap(ada, 19);
  await expectPhase(screen.page, 'finished');
  await expect.poll(() => places(screen.page)).toEqual({ Ada: { place: 1, taps: 30 }, Bo: { place: 2, taps: 3 } });
});

test('a screen that is reloaded in mid-race, and a second screen, show the same race', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const ada = await join(browser, screen.joinUrl, 'Ada');
  await sprint(screen.page, 20);
  await screen.page.getByTestId('start').click();
  await expectPhase(ada, 'running');
  await tap(ada, 8);
  await expectCount(ada, 8);
  await screen.page.reload();
  const second = await browser.newPage();
  await second.goto(`${server.origin}/console/${screen.room}`);
  for (const page of [screen.page, second]) {
    await expectPhase(page, 'running');
    await expect.poll(() => racers(page)).toEqual({ Ada: 8 });
  }
  await tap(ada, 12);
  for (const page of [screen.page, second]) await expect(page.getByTestId('winner')).toContainText('Ada');
  await expect(screen.page.getByTestId('rematch')).toBeVisible();
  await expect(second.getByTestId('rematch'), 'only the host controls').toHaveCount(0);
  await second.close();
});

test('the simplest party needs no code: /console and /play', async ({ browser }) => {
  const screen = await browser.newPage();
  await screen.goto(server.console);
  const ada = await join(browser, server.join, 'Ada');
  await expect.poll(() => racers(screen)).toEqual({ Ada: 0 });
  await sprint(screen, 10);
  await screen.keyboard.press('Enter');
  await expectPhase(ada, 'running');
  await tap(ada, 10);
  await expect(screen.getByTestId('winner')).toContainText('Ada');
  await screen.close();
});

test('a phone whose network lets no WebSocket through races by long poll', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const context = await browser.newContext(handset);
  // It neither opens nor fails, as behind a proxy that swallows it.
  await context.addInitScript(() => {
    window.WebSocket = class extends EventTarget {
      readyState = 0;
      close() {}
      send() {}
    };
  });
  const ada = await joinIn(context, screen.joinUrl, 'Ada');
  await expect.poll(() => racers(screen.page)).toEqual({ Ada: 0 });
  await sprint(screen.page, 20);
  await screen.page.getByTestId('start').click();
  await expectPhase(ada, 'running');
  await tap(ada, 20);
  await expectPhase(screen.page, 'finished');
  await expect.poll(() => places(screen.page)).toEqual({ Ada: { place: 1, taps: 20 } });
  await expect(ada.getByTestId('result')).toHaveAttribute('data-place', '1');
});

test('a keyboard and many fingers count too', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const ada = await join(browser, screen.joinUrl, 'Ada');
  await sprint(screen.page, 40);
  await screen.page.getByTestId('start').click();
  await expectPhase(ada, 'running');
  await ada.keyboard.down('Space');
  // A key that is held repeats; only the first press is a tap.
  await ada.keyboard.down('Space');
  await ada.keyboard.up('Space');
  await ada.keyboard.press('Enter');
  await expectCount(ada, 2);
  const devtools = await ada.context().newCDPSession(ada);
  const finger = (id, x) => ({ id, x, y: 500 });
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger(1, 100)] });
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger(1, 100), finger(2, 300)] });
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expectCount(ada, 4);
});
