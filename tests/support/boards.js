// The states of what is played for beyond the evening: boards and practice.
import { expect } from '@playwright/test';

import { clientOf, heat, signUp } from './accounts.js';
import { tap } from './party.js';

const sprint = '/leaderboard?rules=sprint-6';

/** Boards without and with somebody on them, practice before, in and after a race, and today's fastest at the door. */
export async function boards(walk) {
  const { seen, server } = walk;
  const { room, host } = await walk.room();
  await walk.guests(room, 1);
  for (const [look, options] of [['television', walk.screen], ['phone', walk.phone]]) {
    const page = await walk.page(options, `${sprint}&period=today`);
    if (look === 'television') {
      await expect(page.getByTestId('empty')).toBeVisible();
      await seen('leaderboard-empty', page);
    }
    const name = `Ada ${look}`;
    await signUp(page.context(), server, name);
    const racer = await clientOf(page.context(), server);
    const seat = await racer.join(`play:${room}`, { name });
    await heat(host, seat, { mode: 'sprint', taps: 6 }, 6);
    const game = await racer.join('score:practice');
    for (const score of [70, 64, 77]) await game.ask('new_score', { score });
    await racer.close();

    await page.goto(server.origin + sprint);
    await expect(page.getByTestId('entry').filter({ hasText: name })).toBeVisible();
    await seen(`leaderboard-${look}`, page);
    await page.goto(server.origin);
    await expect(page.getByTestId('today')).toBeVisible();
    await seen(`home-today-${look}`, page);
    await page.goto(`${server.origin}/practice`);
    await expect(page.getByTestId('own')).toHaveAttribute('data-count', '3');
    await seen(`practice-${look}`, page);
  }

  const page = await walk.page(walk.phone, '/practice');
  await expect(page.getByTestId('guest')).toBeVisible();
  await seen('practice-guest', page);
  await page.getByTestId('start').click();
  await seen('practice-countdown', page);
  await expect(page.getByTestId('stage')).toHaveAttribute('data-stage', 'running');
  await tap(page, 3);
  await seen('practice-running', page);
  await expect(page.getByTestId('start')).toBeVisible();
  await seen('practice-over', page);
}
