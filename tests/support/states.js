// Every state that a page can be in, reached one after the other: whoever looks at pages (for faults of
// access, or to take pictures of them) is told of each by `seen(name, page)`.
import { expect } from '@playwright/test';

import { accounts } from './account-states.js';
import { boards } from './boards.js';
import { Client } from './live.js';
import { expectPhase, guest, tap } from './party.js';

/** How a walk looks at the pages: playwright's options for the context of a screen and of a phone. */
export const looks = {
  television: { viewport: { width: 1920, height: 1080 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

/** What moves in has arrived: half seen, it has half its contrast. */
export const settled = (page) =>
  page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime < 3000)
        .map((animation) => animation.finished.catch(() => {})),
    ),
  );

const names = ['Mia', 'Noah', 'Aisha', 'Luca', 'Yuki', 'Priya', 'Sam', 'Zoë', 'Mateo', 'محمد', 'Łukasz', 'Ｔａｋｅｓｈｉ'];

export class Walk {
  #open = [];

  /** @param {{ browser: import('@playwright/test').Browser, server: { origin: string, socket: string }, screen: object, phone: object, seen: (name: string, page: import('@playwright/test').Page) => Promise<void> }} options */
  constructor({ browser, server, screen, phone, seen }) {
    Object.assign(this, { browser, server, screen, phone, seen });
  }

  async page(options, path) {
    const context = await this.browser.newContext(options);
    const page = await context.newPage();
    this.#open.push(() => context.close());
    await page.goto(this.server.origin + path);
    return page;
  }

  /** A room with a host that no browser draws. */
  async room() {
    const response = await fetch(`${this.server.origin}/api/rooms`, { method: 'POST' });
    const { room, host } = await response.json();
    const client = new Client(this.server.socket);
    this.#open.push(() => client.close());
    const topic = await client.join(`console:${room}`, { host });
    const order = (event, payload) => topic.ask(event, payload);
    const idOf = async (name) => (await topic.heard('racer_joined', (racer) => racer.name === name)).id;
    return { room, host: topic, order, idOf, link: `/console/${room}#host=${host}`, play: `/play/${room}` };
  }

  async guests(room, count) {
    const all = [];
    for (let i = 0; i < count; i++) {
      const name = names[i] ?? `Guest ${i + 1}`;
      const { client, seat } = await guest(this.server, room, name);
      this.#open.push(() => client.close());
      all.push({ name, seat });
    }
    return all;
  }

  async join(page, name) {
    await page.getByTestId('name').fill(name);
    await page.getByTestId('join').click();
    await expectPhase(page, /./);
  }

  async over() {
    await Promise.all(this.#open.map((close) => close()));
    this.#open = [];
  }
}

/** By the phone's own clock, which may know of the race a moment before its gun. */
async function expectGun(page) {
  await expectPhase(page, 'running');
  await expect(page.getByTestId('count')).toBeVisible();
}

/** Home, check, chat, and nothing. */
async function site(walk) {
  const { seen } = walk;
  for (const [look, options] of [['television', walk.screen], ['phone', walk.phone]]) {
    const page = await walk.page(options, '/');
    await seen(`home-${look}`, page);
    await page.getByTestId('join-code').fill('7777');
    await page.getByTestId('join-go').click();
    await expect(page.getByRole('alert')).toContainText(/./);
    await seen(`home-no-such-room-${look}`, page);
    await page.goto(`${walk.server.origin}/check`);
    await expect(page.getByTestId('verdict')).toHaveAttribute('data-grade', /./);
    await seen(`check-${look}`, page);
    await page.goto(`${walk.server.origin}/nowhere`);
    await seen(`nowhere-${look}`, page);
  }
  const beat = await walk.page(walk.phone, '/check');
  await expect(beat.getByTestId('verdict')).toHaveAttribute('data-grade', /./);
  await beat.getByTestId('tap-along').click();
  await expect(beat.getByTestId('tap-along')).toHaveAttribute('data-beat', '4');
  await seen('check-tap-along-phone', beat);

  const { room } = await walk.room();
  const [mia] = await walk.guests(room, 1);
  const chat = await walk.page(walk.phone, `/chat/${room}`);
  await seen('chat-door-phone', chat);
  await chat.getByTestId('name').fill('Ada');
  await chat.getByTestId('join').click();
  await expect(chat.getByTestId('text')).toBeVisible();
  await seen('chat-empty-phone', chat);
  const talker = new Client(walk.server.socket);
  const other = await talker.join(`chat:${room}`, { name: mia.name });
  await other.ask('new_msg', { text: 'My thumbs are ready' });
  await chat.getByTestId('text').fill('أهلاً!');
  await chat.getByTestId('send').click();
  await expect(chat.getByTestId('message')).toHaveCount(2);
  await chat.getByRole('button', { name: mia.name }).click();
  await seen('chat-talk-phone', chat);
  await chat.getByTestId('ignore').click();
  await chat.getByTestId('people').click();
  await seen('chat-people-phone', chat);
  await chat.getByTestId('people').click();
  await chat.getByTestId('text').fill('x'.repeat(505));
  await seen('chat-too-long-phone', chat);
  await talker.close();
}

/** A phone from the door to its result. */
async function phone(walk) {
  const { seen } = walk;
  const { room, order, idOf, play } = await walk.room();
  const page = await walk.page(walk.phone, play);
  await expect(page.getByTestId('join')).toBeVisible();
  await seen('phone-door', page);
  await page.getByTestId('join').click();
  await expect(page.getByRole('alert')).toContainText(/./);
  await seen('phone-door-problem', page);
  await walk.join(page, 'Ada Lovelace-Byron 1815');
  await seen('phone-lobby', page);
  await walk.guests(room, 1);

  await order('start', { rules: { mode: 'sprint', taps: 30, countdown: 10_000 } });
  await expectPhase(page, 'countdown');
  await seen('phone-countdown', page);
  await tap(page, 1);
  await seen('phone-too-early', page);
  await order('cancel', {});

  await order('start', { rules: { mode: 'timed', seconds: 60, countdown: 0 } });
  await expectGun(page);
  await tap(page, 3);
  await seen('phone-timed', page);
  const late = await walk.page(walk.phone, play);
  await walk.join(late, 'Late');
  await expect(late.getByTestId('late')).toBeVisible();
  await seen('phone-late', late);
  await order('cancel', {});

  await order('start', { rules: { mode: 'tug', lead: 50, countdown: 0 } });
  await expectGun(page);
  await tap(page, 2);
  await seen('phone-tug', page);
  await order('cancel', {});

  await order('start', { rules: { mode: 'sprint', taps: 4, countdown: 0 } });
  await expectGun(page);
  await tap(page, 2);
  await seen('phone-sprint', page);
  await page.context().setOffline(true);
  await expect(page.getByTestId('disconnected')).toBeVisible();
  await seen('phone-offline', page);
  await page.context().setOffline(false);
  await expect(page.getByTestId('disconnected')).toHaveCount(0);
  await tap(page, 2);
  await expect(page.getByTestId('result')).toHaveAttribute('data-place', '1');
  await expect(late.getByTestId('result')).toBeVisible();
  await seen('phone-won', page);
  await seen('phone-lost', late);

  const second = await page.context().newPage();
  await second.goto(page.url());
  await expect(page.getByTestId('seat-taken')).toBeVisible();
  await seen('phone-taken', page);
  await order('kick', { id: await idOf('Late') });
  await expect(late.getByTestId('kicked')).toBeVisible();
  await seen('phone-kicked', late);
  await order('end', {});
  await expect(second.getByTestId('closed')).toBeVisible();
  await seen('phone-closed', second);
}

/** What only some phones see: knocking, other ways to run, a co-host, oneself. */
async function helpers(walk) {
  const { seen } = walk;
  const { room, order, idOf, play } = await walk.room();
  const page = await walk.page(walk.phone, play);
  await order('door', { door: 'approve' });
  await page.getByTestId('name').fill('Ada');
  await page.getByTestId('join').click();
  await expect(page.getByTestId('knocking')).toBeVisible();
  await seen('phone-knocking', page);
  await order('door', { door: 'open' });
  await expectPhase(page, 'lobby');
  await page.getByTestId('me').click();
  await expect(page.getByTestId('me-panel')).toBeVisible();
  await seen('phone-me', page);
  await page.getByTestId('close').click();

  const heat = async (rules, name, act) => {
    await order('start', { rules: { mode: 'sprint', taps: 60, countdown: 0, ...rules } });
    await expectPhase(page, 'running');
    await act();
    await seen(name, page);
    await order('cancel', {});
    await expectPhase(page, 'lobby');
  };
  await heat({ input: 'hold' }, 'phone-hold', () => page.getByTestId('hold-pad').dispatchEvent('pointerdown'));
  await heat({ input: 'rhythm' }, 'phone-rhythm', () => page.getByTestId('rhythm-pad').dispatchEvent('pointerdown'));

  await order('rules', { rules: { mode: 'sprint', taps: 60, handicap: true } });
  await page.getByTestId('calibrate').click();
  await expect(page.getByTestId('calibrate-pad')).toBeVisible();
  await seen('phone-calibrate', page);
  await page.getByTestId('close').click();

  await walk.guests(room, 3);
  await order('cohost', { id: await idOf('Ada'), cohost: true });
  await order('door', { door: 'approve' });
  const knocker = new Client(walk.server.socket);
  await knocker.join(`play:${room}`, { name: 'Newcomer' }).catch(() => undefined);
  await page.getByTestId('host-panel').click();
  await expect(page.getByTestId('knock')).toBeVisible();
  await seen('phone-cohost', page);
  await knocker.close();
}

/** A screen from an empty lobby to the end of its room, with the host's panel. */
async function screen(walk) {
  const { seen } = walk;
  const { room, order, link } = await walk.room();
  const page = await walk.page(walk.screen, link);
  await expectPhase(page, 'lobby');
  await seen('screen-lobby-empty', page);
  const guests = await walk.guests(room, 11);
  await expect(page.getByTestId('racer')).toHaveCount(11);
  await seen('screen-lobby', page);

  const chat = new Client(walk.server.socket);
  const talk = await chat.join(`chat:${room}`, { name: 'Mia' });
  await talk.ask('new_msg', { text: 'My thumbs are ready' });
  await order('door', { door: 'approve' });
  const knocker = new Client(walk.server.socket);
  await knocker.join(`play:${room}`, { name: 'Newcomer' }).catch(() => undefined);
  await expect(page.getByTestId('knock-toast')).toBeVisible();
  await seen('screen-knock', page);
  await page.getByTestId('host-open').click();
  for (const tab of ['race', 'people', 'door', 'heats', 'bots', 'chat', 'screen', 'room']) {
    await page.getByTestId(`host-tab-${tab}`).click();
    if (tab === 'people') await page.getByTestId('person').first().getByRole('button').first().click();
    if (tab === 'room') await page.getByTestId('host-link-show').click();
    await seen(`screen-host-${tab}`, page);
  }
  await page.getByTestId('host-close').click();
  await knocker.close();
  await order('door', { door: 'open' });

  await order('start', { rules: { mode: 'sprint', taps: 30, countdown: 10_000 } });
  await expectPhase(page, 'countdown');
  await seen('screen-countdown', page);
  await order('cancel', {});
  for (const rules of [{ mode: 'timed', seconds: 60 }, { mode: 'tug', lead: 200 }, { mode: 'sprint', taps: 60 }]) {
    await order('start', { rules: { ...rules, countdown: 0, max_taps_per_second: 0 } });
    await expectPhase(page, 'running');
    const isIt = (change) => change.phase === 'running' && change.rules.mode === rules.mode;
    const { heat } = await guests[0].seat.heard('phase', isIt);
    guests.forEach(({ seat }, i) => seat.say('tap', { heat, n: 20 + 3 * i }));
    await expect(page.getByTestId('racer').first()).toBeVisible();
    await seen(`screen-${rules.mode}`, page);
    if (rules.mode !== 'sprint') await order('cancel', {});
    else guests.slice(3).forEach(({ seat }, i) => seat.say('tap', { heat, n: 60, at: 2000 + 40 * i }));
  }
  await expect(page.getByTestId('winner')).toBeVisible();
  await order('cancel', {}).catch(() => undefined);
  await expectPhase(page, 'finished');
  await seen('screen-finish', page);

  await order('lanes', { racers: 6, lanes: 6 });
  await order('tournament', { on: true });
  await expect(page.getByTestId('bracket')).toBeVisible();
  await seen('screen-tournament', page);
  await order('tournament', { on: false });
  await order('end', {});
  await expect(page.getByTestId('room-ended')).toBeVisible();
  await seen('screen-ended', page);
  await chat.close();
}

export const groups = { site, accounts, phone, helpers, screen, boards };
