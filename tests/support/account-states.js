// The states of the pages of accounts.
import { expect } from '@playwright/test';

import { clientOf, heat, password, signUp } from './accounts.js';

/** Who is logged in, or not yet: the door, an account without and with races, a replay, a stranger's page. */
export async function accounts(walk) {
  const { seen, server } = walk;
  const page = await walk.page(walk.phone, '/account');
  await expect(page.getByTestId('account-go')).toBeVisible();
  await seen('account-door-phone', page);
  await page.getByTestId('to-login').click();
  await page.getByTestId('account-name').fill('Nobody');
  await page.getByTestId('account-password').fill(password);
  await page.getByTestId('account-go').click();
  await expect(page.getByRole('alert')).toContainText(/./);
  await seen('account-refused-phone', page);
  await page.goto(`${server.origin}/player/Nobody`);
  await expect(page.getByRole('heading')).toBeVisible();
  await seen('player-nobody-phone', page);

  const name = 'Ada Lovelace-Byron 1815';
  await signUp(page.context(), server, name);
  await page.goto(`${server.origin}/account`);
  await expect(page.getByTestId('settings')).toBeVisible();
  await seen('account-empty-phone', page);

  const { room, host } = await walk.room();
  await walk.guests(room, 2);
  const racer = await clientOf(page.context(), server);
  const seat = await racer.join(`play:${room}`, { name });
  const kinds = [{ mode: 'sprint', taps: 8 }, { mode: 'sprint', taps: 8 }, { mode: 'timed', seconds: 1 }];
  for (const rules of kinds) await heat(host, seat, rules, 8);
  const practice = await racer.join('score:practice');
  await practice.ask('new_score', { score: 77 });
  await expect(page.getByTestId('race')).toHaveCount(kinds.length);
  await expect(page.getByTestId('game')).toBeVisible();
  await page.getByTestId('change-password').click();
  await page.getByTestId('delete-account').click();
  await seen('account-phone', page);

  const other = await walk.page(walk.screen, `/player/${encodeURIComponent(name)}`);
  await expect(other.getByTestId('race')).toHaveCount(kinds.length);
  await seen('player-television', other);
  for (const [look, one] of [['television', other], ['phone', page]]) {
    await one.getByTestId('replay').nth(2).click();
    await expect(one.getByTestId('replay-at')).toBeVisible();
    await seen(`account-replay-${look}`, one);
  }
  await racer.close();
}
