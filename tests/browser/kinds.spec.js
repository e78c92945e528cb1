// The other kinds of race, and how the screen and the phones tell of them.
import { expect, test } from '@playwright/test';

import { everybodyLeaves, expectCount, expectPhase, hostRace, join, places, tap } from '../support/party.js';
import { startServer } from '../support/server.js';

let server;

test.beforeEach(async () => {
  server = await startServer();
});

test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await server.stop();
});

async function choose(screen, mode, field, value) {
  await screen.page.getByTestId(`mode-${mode}`).click();
  const number = screen.page.getByTestId(`${mode}-${field}`);
  await number.fill(String(value));
  await number.blur();
}

test('what the host chooses stands on the screen and on the phones, before and after a reload', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const ada = await join(browser, screen.joinUrl, 'Ada');
  await choose(screen, 'sprint', 'taps', 60);
  for (const page of [screen.page.locator('header'), ada.getByTestId('phase')]) await expect(page).toContainText('First to 60 taps');
  await choose(screen, 'timed', 'seconds', 5);
  for (const page of [screen.page.locator('header'), ada.getByTestId('phase')]) await expect(page).toContainText('Most taps in 5 seconds');
  await screen.page.reload();
  await expect(screen.page.getByTestId('timed-seconds')).toHaveValue('5');
  await expect(screen.page.locator('header')).toContainText('Most taps in 5 seconds');
});

test('a timed race ends by the clock, and the most taps win', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const ada = await join(browser, screen.joinUrl, 'Ada');
  const bo = await join(browser, screen.joinUrl, 'Bo');
  await choose(screen, 'timed', 'seconds', 4);
  await screen.page.getByTestId('start').click();
  await expectPhase(ada, 'running');
  await expectPhase(bo, 'running');
  await Promise.all([tap(ada, 9), tap(bo, 4)]);
  await expectCount(ada, 9);
  await expectCount(bo, 4);
  await expectPhase(screen.page, 'finished');
  await expect(screen.page.getByTestId('winner')).toContainText('Ada');
  await expect.poll(() => places(screen.page)).toEqual({ Ada: { place: 1, taps: 9 }, Bo: { place: 2, taps: 4 } });
  await expect(bo.getByTestId('result')).toHaveAttribute('data-place', '2');
  // A tap after the end is nobody's.
  await tap(bo, 3);
  await expect(bo.getByTestId('result')).toContainText('4');
});

test('two teams pull on one rope, and each phone knows its side', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const ada = await join(browser, screen.joinUrl, 'Ada');
  const bo = await join(browser, screen.joinUrl, 'Bo');
  await choose(screen, 'tug', 'lead', 12);
  await screen.page.getByTestId('start').click();
  for (const phone of [ada, bo]) await expectPhase(phone, 'running');
  const sideOf = (name) => screen.page.locator(`[data-testid=racer][data-name=${name}]`).getAttribute('data-team');
  const [adas, bos] = [await sideOf('Ada'), await sideOf('Bo')];
  expect([adas, bos].toSorted()).toEqual(['left', 'right']);
  await expect(ada.locator('.side')).toContainText(adas === 'left' ? 'Left team' : 'Right team');
  await tap(bo, 3);
  await tap(ada, 16);
  await expectPhase(screen.page, 'finished');
  await expect(screen.page.getByTestId('winner')).toContainText(adas === 'left' ? 'Left team wins' : 'Right team wins');
  await expect(ada.getByTestId('result')).toContainText('Your team wins!');
  await expect(bo.getByTestId('result')).toContainText('Your team lost');
});
