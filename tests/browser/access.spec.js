// Every page, in every state, for everybody: what axe finds, and what it cannot.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

import { everybodyLeaves, expectPhase } from '../support/party.js';
import { startServer } from '../support/server.js';
import { groups, looks, settled, Walk } from '../support/states.js';

let server;

test.beforeEach(async () => {
  server = await startServer();
});
test.afterEach(async ({ browser }) => {
  await everybodyLeaves(browser);
  await server.stop();
});

/** What a finger has to hit. A link within a line of text is excused, as WCAG 2.5.5 does. */
const small = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('a, button, input, select, textarea, summary, [role=button]')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('.unseen, [inert]'))
      .map((element) => ({ element, box: (element.closest('label') ?? element).getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && (box.width < 43.5 || box.height < 43.5))
      .map(({ element, box }) => `${element.outerHTML.slice(0, 120)} is ${Math.round(box.width)} x ${Math.round(box.height)}`),
  );

async function faults(page, isPhone) {
  await settled(page);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary.split('\n').slice(1).join(';')}`),
  );
  return isPhone ? [...found, ...(await small(page))] : found;
}

const manners = [
  { called: 'in English, on a television and a phone', locale: 'en', screen: looks.television, motion: 'no-preference' },
  { called: 'in Arabic, on phones only, without motion', locale: 'ar', screen: looks.phone, motion: 'reduce' },
];

// Many states in one walk, each looked at for a second or two.
test.describe.configure({ timeout: 180_000 });

for (const { called, locale, screen, motion } of manners) {
  for (const [group, states] of Object.entries(groups)) {
    test(`${group}: nothing keeps anybody out ${called}`, async ({ browser }) => {
      const options = { locale, reducedMotion: motion };
      const all = {};
      const seen = async (name, page) => {
        const isPhone = page.viewportSize().width < 600;
        const found = await faults(page, isPhone);
        if (found.length > 0) all[name] = found;
      };
      const walk = new Walk({ browser, server, screen: { ...screen, ...options }, phone: { ...looks.phone, ...options }, seen });
      await states(walk);
      await walk.over();
      expect(all).toEqual({});
    });
  }
}

/** Goes on from key to key as people do who have only these. */
async function tabTo(page, target) {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${target} cannot be reached by keyboard`);
}

test('a race needs no more than a keyboard, from the home page to the result', async ({ browser }) => {
  const screen = await (await browser.newContext({ viewport: { width: 1280, height: 720 } })).newPage();
  await screen.goto(server.origin);
  await tabTo(screen, screen.getByTestId('host-race'));
  await screen.keyboard.press('Enter');
  await expectPhase(screen, 'lobby');
  const code = new URL(screen.url()).pathname.split('/')[2];

  const guest = await (await browser.newContext(looks.phone)).newPage();
  await guest.goto(server.origin);
  await tabTo(guest, guest.getByTestId('join-code'));
  await guest.keyboard.type(code);
  await guest.keyboard.press('Enter');
  await tabTo(guest, guest.getByTestId('name'));
  await guest.keyboard.type('Ada');
  await guest.keyboard.press('Enter');
  await expectPhase(guest, 'lobby');

  const taps = screen.getByTestId('sprint-taps');
  await tabTo(screen, taps);
  await screen.keyboard.press('ControlOrMeta+A');
  await screen.keyboard.type('8');
  await screen.keyboard.press('Tab');
  await expect(taps).toHaveValue('8');
  await tabTo(screen, screen.getByTestId('start'));
  await screen.keyboard.press('Enter');
  await expectPhase(guest, 'running');
  for (let presses = 0; presses < 8; presses += 1) await guest.keyboard.press('Space', { delay: 30 });
  await expect(guest.getByTestId('result')).toHaveAttribute('data-place', '1');
  await expect(screen.getByTestId('winner')).toContainText('Ada');
  await tabTo(screen, screen.getByTestId('rematch'));
  await screen.keyboard.press('Enter');
  await expectPhase(guest, 'countdown');
});
