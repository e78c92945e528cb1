// A chat in which nobody has to hear everybody.
import { expect, test } from '@playwright/test';

import { Client } from '../support/live.js';
import { everybodyLeaves, handset } from '../support/party.js';
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

async function room() {
  const made = await (await fetch(`${server.origin}/api/rooms`, { method: 'POST' })).json();
  const client = new Client(server.socket);
  return { ...made, client, host: await client.join(`console:${made.room}`, { host: made.host }) };
}

/** Somebody who talks without a browser. */
async function talker(code, name) {
  const client = new Client(server.socket);
  const chat = await client.join(`chat:${code}`, { name });
  return { client, by: chat.reply.by, say: (text) => chat.ask('new_msg', { text }) };
}

async function reader(browser, code) {
  const page = await (await browser.newContext(handset)).newPage();
  await page.goto(`${server.origin}/chat/${code}`);
  await page.getByTestId('name').fill('Ada');
  await page.getByTestId('join').click();
  await expect(page.getByTestId('text')).toBeVisible();
  return page;
}

const said = (page) => page.getByTestId('message').evaluateAll((all) => all.map((one) => one.querySelector('.text').textContent));

test('who is ignored is not heard, after a reload neither, until one wants to again', async ({ browser }) => {
  const { room: code, client } = await room();
  const page = await reader(browser, code);
  const [bo, cy] = await Promise.all([talker(code, 'Bo'), talker(code, 'Cy')]);
  await bo.say('one');
  await expect.poll(() => said(page)).toEqual(['one']);
  await page.getByRole('button', { name: 'Bo' }).click();
  await page.getByTestId('ignore').click();
  await expect.poll(() => said(page)).toEqual([]);
  await bo.say('two');
  await cy.say('three');
  await expect.poll(() => said(page)).toEqual(['three']);

  await page.reload();
  await page.getByTestId('join').click();
  await bo.say('four');
  await cy.say('five');
  await expect.poll(() => said(page)).toEqual(['three', 'five']);
  await page.getByTestId('people').click();
  await page.getByRole('button', { name: 'Hear Bo again' }).click();
  await bo.say('six');
  await expect.poll(async () => (await said(page)).at(-1)).toBe('six');
  await Promise.all([client.close(), bo.client.close(), cy.client.close()]);
});

test('what a host deletes vanishes, and who is muted is told so', async ({ browser }) => {
  const { room: code, client, host } = await room();
  const page = await reader(browser, code);
  const bo = await talker(code, 'Bo');
  await bo.say('rude');
  await page.getByTestId('text').fill('hello');
  await page.getByTestId('send').click();
  await expect.poll(() => said(page)).toEqual(['rude', 'hello']);
  const id = await page.evaluate(() => document.querySelector('[data-name=Bo]').dataset.id);
  await host.ask('delete_msg', { id: Number(id) });
  await expect.poll(() => said(page)).toEqual(['hello']);

  const listener = await client.join(`chat:${code}`, { name: 'Host' });
  const { by } = listener.reply.messages.find(({ name }) => name === 'Ada');
  await host.ask('mute', { by, muted: true });
  await expect(page.getByRole('alert')).toContainText('The host has muted you.');
  await page.getByTestId('text').fill('still here');
  await page.getByTestId('send').click();
  await expect(page.getByRole('alert')).toContainText('The host has muted you.');
  await expect.poll(() => said(page)).toEqual(['hello']);
  await host.ask('mute', { by, muted: false });
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.getByTestId('send').click();
  await expect.poll(() => said(page)).toEqual(['hello', 'still here']);
  await Promise.all([client.close(), bo.client.close()]);
});
