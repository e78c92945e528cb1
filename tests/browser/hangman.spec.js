// Hangman, the channel crate's example, played to its end with fingers and with a keyboard.
import { expect, test } from '@playwright/test';

import { startExample } from '../support/example.js';
import { handset } from '../support/party.js';

let server;

test.beforeEach(async () => {
  server = await startExample('hangman', ['--word', 'banana']);
});

test.afterEach(async () => {
  await server.stop();
});

async function open(browser, address, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(address);
  await expect(page.getByRole('status')).toHaveText('Guess a letter: the word has 6.');
  return page;
}

const key = (page, letter) => page.getByRole('button', { name: new RegExp(`^${letter}(,|$)`) });
const expectWord = (page, word) =>
  expect.poll(async () => (await page.locator('#word span').allTextContents()).join('').replaceAll('\u00a0', '_')).toBe(word);
const expectDrawn = (page, parts) => expect(page.locator('#man > .drawn')).toHaveCount(parts);

test('two phones win one game together', async ({ browser }) => {
  const ada = await open(browser, server.origin, handset);
  await expect(ada).toHaveURL(/#[a-z]+-[a-z]+$/);
  const bo = await open(browser, ada.url(), handset);

  await key(ada, 'a').tap();
  for (const page of [ada, bo]) {
    await expect(page.getByRole('status')).toHaveText('Yes, 3 times A.');
    await expectWord(page, '_a_a_a');
    await expectDrawn(page, 0);
  }
  await key(bo, 'x').tap();
  for (const page of [ada, bo]) {
    await expect(page.getByRole('status')).toHaveText('No X in it: 6 left.');
    await expect(key(page, 'x')).toHaveAccessibleName('x, not in the word');
    await expectDrawn(page, 1);
  }
  await key(bo, 'n').tap();
  await expectWord(ada, '_anana');
  await key(ada, 'b').tap();
  for (const page of [ada, bo]) {
    await expect(page.getByRole('status')).toHaveText('Won! The word is banana.');
    await expectWord(page, 'banana');
    await expect(page.locator('#free')).toBeVisible();
  }

  await bo.getByRole('button', { name: 'Next word' }).tap();
  for (const page of [ada, bo]) {
    await expect(page.getByRole('status')).toHaveText('Guess a letter: the word has 6.');
    await expectDrawn(page, 0);
    await expect(key(page, 'a')).toHaveAttribute('aria-disabled', 'false');
  }
});

test('a game is lost by keyboard, and the next one begun', async ({ browser }) => {
  const page = await open(browser, `${server.origin}/#lost`);
  const wrong = [...'qzxjkvw'];
  for (const [index, letter] of wrong.entries()) {
    await page.keyboard.press(letter);
    await expectDrawn(page, index + 1);
    // A letter that is out costs nothing.
    await page.keyboard.press(letter);
  }
  await expect(page.getByRole('status')).toHaveText('Lost. The word was banana.');
  await expectWord(page, 'banana');
  await expect(page.locator('#dead')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toHaveText('Guess a letter: the word has 6.');

  // From key to key, and on to the button that takes the keys' place.
  for (const [index, letter] of wrong.entries()) {
    await key(page, letter).focus();
    await page.keyboard.press('Space');
    await expectDrawn(page, index + 1);
  }
  await expect(page.getByRole('button', { name: 'Next word' })).toBeFocused();
});

test('a page that is loaded again shows the same game; another name is another game', async ({ browser }) => {
  const page = await open(browser, `${server.origin}/#kept`);
  await key(page, 'n').click();
  await expectWord(page, '__n_n_');
  await page.reload();
  await expectWord(page, '__n_n_');
  await page.getByLabel('Name of a game').fill('Some Other');
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page).toHaveURL(/#some-other$/);
  await expectWord(page, '______');
  await page.goBack();
  await expectWord(page, '__n_n_');
  await page.getByRole('button', { name: 'New game' }).click();
  await expect(page).toHaveURL(/#[a-z]+-[a-z]+$/);
  await expectWord(page, '______');
});

test('a page rides out a restart of the server', async ({ browser }) => {
  const page = await open(browser, `${server.origin}/#restart`);
  await key(page, 'n').click();
  await expectWord(page, '__n_n_');
  await server.stop();
  await expect(page.getByRole('alert')).toHaveText('Connection lost. Trying again…');
  server = await startExample('hangman', ['--word', 'banana', '--port', new URL(server.origin).port]);
  await expect(page.getByRole('alert')).toBeHidden();
  // This server keeps its games in memory: the page shows what there is now.
  await expectWord(page, '______');
  await key(page, 'a').click();
  await expectWord(page, '_a_a_a');
});

test('the page fits a phone, and its letters fit a thumb', async ({ browser }) => {
  for (const width of [320, 390]) {
    const page = await open(browser, server.origin, { ...handset, viewport: { width, height: 664 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
      const { width, height, y } = await key(page, letter).boundingBox();
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
      expect(y + height, 'no scrolling between letters').toBeLessThanOrEqual(664);
    }
  }
});
