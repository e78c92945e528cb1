// Every page, in every state, for everybody: what axe finds, and what it cannot.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

import { startServer } from '../support/server.js';
import { groups, looks, Walk } from '../support/states.js';

let server;

test.beforeEach(async () => {
  server = await startServer();
});
test.afterEach(async () => {
  await server.stop();
});

/** What moves in has arrived: half seen, it has half its contrast. */
const settled = (page) =>
  page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime < 3000)
        .map((animation) => animation.finished.catch(() => {})),
    ),
  );

/** What a finger has to hit. A link within a line of text is excused, as WCAG 2.5.5 does. */
const small = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('a, button, input, select, textarea, summary, [role=button]')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('.unseen'))
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
