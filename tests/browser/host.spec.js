// Every control of a host: what it does to the screen and to the phones.
import { expect, test } from '@playwright/test';

import { openLine } from '../support/line.js';
import { closePanel, enter, expectChosen, person, section } from '../support/panel.js';
import {
  everybodyLeaves, expectPhase, guest, handset, hostRace, join, openConsole, racers, sprint, television,
} from '../support/party.js';
import { startServer } from '../support/server.js';

// One server for all: each test has a room of its own.
let server;
let guests = [];

test.beforeAll(async () => {
  server = await startServer();
});

test.afterEach(async ({ browser }) => {
  await Promise.all(guests.map(({ client }) => client.close()));
  guests = [];
  await everybodyLeaves(browser);
});

test.afterAll(() => server.stop());

/** A guest without a browser. */
async function comes(room, name) {
  const came = await guest(server, room, name);
  guests.push(came);
  return came;
}

/** Another browser that has the host's link. */
async function takeOver(browser, screen) {
  await section(screen.page, 'room');
  await screen.page.getByTestId('host-link-show').click();
  const link = await screen.page.getByTestId('host-link').inputValue();
  const page = await (await browser.newContext(television)).newPage();
  await page.goto(link);
  await expect(page.getByTestId('host-open')).toBeVisible();
  return page;
}

test('the door: everybody, those whom the host lets in, nobody', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const { page } = screen;
  await section(page, 'door');
  await page.getByTestId('door-approve').click();
  await expect(page.locator('.bib')).toContainText('Scan and knock');

  const phone = await (await browser.newContext(handset)).newPage();
  await phone.goto(screen.joinUrl);
  await phone.getByTestId('name').fill('Ada');
  await phone.getByTestId('join').click();
  const knock = page.locator('[data-testid=knock][data-name=Ada]');
  await expect(knock).toBeVisible();
  await page.reload();
  const toast = page.locator('[data-testid=knock-toast][data-name=Ada]');
  await toast.getByRole('button', { name: 'Let Ada in' }).press('Enter');
  await expectPhase(phone, 'lobby');
  await expect.poll(() => racers(page)).toEqual({ Ada: 0 });
  await expect(toast).toHaveCount(0);
  await expect(page.getByTestId('host-open')).toBeFocused();

  const refused = comes(screen.room, 'Bo');
  await expect(refused).rejects.toThrow('waiting for approval');
  await section(page, 'door');
  await page.locator('[data-testid=knock][data-name=Bo]').getByTestId('deny').click();
  await expect(page.getByTestId('knock')).toHaveCount(0);

  await page.getByTestId('door-locked').click();
  await expect(page.locator('.bib')).toContainText('The door is closed');
  await expect(comes(screen.room, 'Cy')).rejects.toThrow('room is locked');
  // Who sits here comes back through a closed door.
  await phone.reload();
  await expectPhase(phone, 'lobby');
  await page.getByTestId('door-open').click();
  await comes(screen.room, 'Cy');
  await expect.poll(() => racers(page)).toEqual({ Ada: 0, Cy: 0 });
});

test('no more racers than the host wants', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  await comes(screen.room, 'Ada');
  await section(screen.page, 'door');
  await enter(screen.page, 'cap', 1);
  await expect(screen.page.locator('.bib')).toContainText('The room is full');
  await expect(comes(screen.room, 'Bo')).rejects.toThrow('room is full');
  await enter(screen.page, 'cap', 0);
  await expect(screen.page.locator('.bib')).toContainText('Scan to race');
  await comes(screen.room, 'Bo');
});

test('a racer is renamed, on every screen and on the phone, and stays so', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const ada = await join(browser, screen.joinUrl, 'Adda');
  const { seat: bo } = await comes(screen.room, 'Bo');
  const row = await person(screen.page, 'Adda');
  await row.getByTestId('rename-name').fill('Ada');
  await row.getByTestId('rename').click();
  await expect.poll(() => racers(screen.page)).toEqual({ Ada: 0, Bo: 0 });
  await expect(ada.getByTestId('phase')).toContainText('Ada');
  await ada.reload();
  await expect(ada.getByTestId('phase')).toContainText('Ada');

  // A name that is taken gets a number, one that nobody wants to read is refused.
  const other = await person(screen.page, 'Bo');
  await other.getByTestId('rename-name').fill('Ada');
  await other.getByTestId('rename').click();
  const { name } = await bo.heard('renamed');
  expect(name).toMatch(/^Ada.+/);
  const renamed = await person(screen.page, name);
  await renamed.getByTestId('rename-name').fill('Fuck this');
  await renamed.getByTestId('rename').click();
  await expect(screen.page.getByRole('alert')).toContainText('That name is not allowed');
  await expect(renamed.getByTestId('rename-name')).toHaveValue(name);
});

test('a co-host starts and stops from a phone, and only as long as the host likes', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const { seat: ada } = await comes(screen.room, 'Ada');
  const { seat: bo } = await comes(screen.room, 'Bo');
  await (await person(screen.page, 'Ada')).getByTestId('cohost').click();
  await ada.heard('cohost', ({ cohost }) => cohost);
  await expect((await person(screen.page, 'Ada')).getByText('co-host', { exact: true })).toBeVisible();
  await expect(bo.ask('start')).rejects.toThrow('not the host');
  await ada.ask('start', { rules: { mode: 'timed', seconds: 60, countdown: 1000 } });
  await expectPhase(screen.page, 'running');
  await ada.ask('cancel');
  await expectPhase(screen.page, 'lobby');
  await (await person(screen.page, 'Ada')).getByTestId('cohost').click();
  await ada.heard('cohost', ({ cohost }) => !cohost);
  await expect(ada.ask('start')).rejects.toThrow('not the host');
});

test('all rules of the next race are chosen on the screen and known to the phones', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const { seat: ada } = await comes(screen.room, 'Ada');
  const { page } = screen;
  await section(page, 'race');
  await enter(page, 'amount-sprint-taps', 40);
  await page.getByTestId('input-hold').click();
  await page.getByTestId('handicap-on').click();
  await page.getByTestId('false-start-penalty').click();
  await enter(page, 'countdown-seconds', 5);
  await enter(page, 'limit', 12);
  const rules = {
    mode: 'sprint', taps: 40, countdown: 5000, false_start: 'penalty', max_taps_per_second: 12, input: 'hold', handicap: true,
  };
  expect((await ada.heard('rules', ({ rules }) => rules.max_taps_per_second === 12)).rules).toEqual(rules);
  const title = page.locator('header').first();
  await expect(title).toContainText('First to 40 taps');
  await expect(title).toContainText('Hold · Handicap · False start costs 1 s');
  await page.reload();
  await section(page, 'race');
  for (const chosen of ['kind-sprint', 'input-hold', 'handicap-on', 'false-start-penalty']) await expectChosen(page, chosen);
  await expect(page.getByTestId('limit')).toHaveValue('12');
  await page.getByTestId('kind-tug').click();
  await expect(page.getByTestId('handicap-on'), 'a handicap is for sprints').toBeDisabled();
});

test('bots come and go, and are as strong as wanted', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const { page } = screen;
  await section(page, 'bots');
  await enter(page, 'bots-count', 3);
  await expect(page.getByTestId('racer')).toHaveCount(3);
  await page.getByRole('button', { name: 'Less: How many bots' }).click();
  await expect(page.getByTestId('racer')).toHaveCount(2);
  await page.getByTestId('bots-hard').click();
  await expectChosen(page, 'bots-hard');
  await sprint(page, 8);
  await page.getByTestId('start').click();
  await expectPhase(page, 'finished');
  const fast = Number(await page.locator('[data-testid=place][data-place="1"]').first().getAttribute('data-time'));
  await page.getByTestId('bots-easy').click();
  await page.getByTestId('rematch').click();
  await expectPhase(page, 'running');
  await expectPhase(page, 'finished');
  const slow = Number(await page.locator('[data-testid=place][data-place="1"]').first().getAttribute('data-time'));
  expect(slow, 'an easy bot takes its time').toBeGreaterThan(1.4 * fast);
});

test('with fewer lanes than racers, who waited is next', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const [ada, bo, cy] = [await comes(screen.room, 'Ada'), await comes(screen.room, 'Bo'), await comes(screen.room, 'Cy')];
  const { page } = screen;
  await section(page, 'heats');
  await page.getByTestId('lanes-some').click();
  await enter(page, 'lanes-count', 2);
  await expect(page.locator('header').first()).toContainText('2 at a time');
  await closePanel(page);
  await sprint(page, 3);
  await page.getByTestId('start').click();
  await expectPhase(page, 'running');
  expect(await racers(page)).toEqual({ Ada: 0, Bo: 0 });
  await expect(page.locator('header')).toContainText('In the next race: Cy');
  const { heat } = await ada.seat.heard('phase', ({ phase }) => phase === 'running');
  for (const { seat } of [ada, bo, cy]) seat.say('tap', { heat, n: 3 });
  await expectPhase(page, 'finished');
  await page.getByTestId('rematch').click();
  await expectPhase(page, 'running');
  expect(Object.keys(await racers(page))).toContain('Cy');
  expect(Object.keys(await racers(page))).toHaveLength(2);
});

test('a tournament goes from its groups to one champion', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const { page } = screen;
  await section(page, 'bots');
  await page.getByTestId('bots-hard').click();
  await enter(page, 'bots-count', 4);
  await section(page, 'race');
  await enter(page, 'countdown-seconds', 1);
  await section(page, 'heats');
  await page.getByTestId('lanes-some').click();
  await enter(page, 'lanes-count', 2);
  await page.getByTestId('tournament-on').click();
  await closePanel(page);
  await sprint(page, 3);
  await expect(page.locator('[data-testid=group]')).toHaveCount(2);
  await expect(page.locator('[data-testid=group][data-up=true]')).toHaveAttribute('data-heat', '1');
  await page.reload();
  await expect(page.locator('[data-testid=group]')).toHaveCount(2);

  for (const [round, heat] of [[1, 1], [1, 2], [2, 1]]) {
    const upNow = page.locator('[data-testid=group][data-up=true]');
    if (heat > 1 || round > 1) await page.getByTestId('turn').click();
    await expect(upNow).toHaveAttribute('data-heat', String(heat));
    const group = await upNow.getByTestId('seed').evaluateAll((seeds) => seeds.map(({ dataset }) => dataset.name));
    await page.locator('[data-testid=start], [data-testid=rematch]').click();
    await expectPhase(page, 'running');
    expect(Object.keys(await racers(page)).toSorted()).toEqual(group.toSorted());
    await expect(page.getByTestId('podium').getByTestId('place').first()).toBeVisible();
  }
  const winner = await page.locator('[data-testid=place][data-place="1"]').first().getAttribute('data-name');
  await page.getByTestId('turn').click();
  await expect(page.getByTestId('champion')).toHaveAttribute('data-name', new RegExp(winner));
  await page.getByTestId('rematch').click();
  await expectPhase(page, 'running');
  await expect(page.getByTestId('racer'), 'after it lanes are what they were').toHaveCount(2);
});

test('what should not have been said is deleted, and who said it is muted', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const { client } = await comes(screen.room, 'Ada');
  const chat = await client.join(`chat:${screen.room}`, { name: 'Ada' });
  await chat.ask('new_msg', { text: 'nonsense' });
  const { page } = screen;
  await expect(page.getByTestId('chat-message')).toContainText('nonsense');
  await section(page, 'chat');
  const said = page.getByTestId('said');
  await said.getByTestId('delete-message').click();
  await chat.heard('msg_deleted');
  await expect(said).toHaveCount(0);
  await expect(page.getByTestId('chat-message')).toHaveCount(0);

  await chat.ask('new_msg', { text: 'more' });
  await page.getByRole('button', { name: 'Mute Ada' }).click();
  await expect(page.getByRole('button', { name: 'Let Ada talk again' })).toBeVisible();
  await expect(chat.ask('new_msg', { text: 'again' })).rejects.toThrow('muted');
  await page.reload();
  await section(page, 'chat');
  await page.getByRole('button', { name: 'Let Ada talk again' }).click();
  await expect(page.getByRole('button', { name: 'Mute Ada' })).toBeVisible();
  await chat.ask('new_msg', { text: 'sorry' });
  await expect(page.getByTestId('said').first()).toContainText('sorry');
});

test('the host link gives control to another browser, and both see what the other does', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  await comes(screen.room, 'Ada');
  const watcher = await (await browser.newContext(television)).newPage();
  await watcher.goto(`${server.origin}/console/${screen.room}`);
  await expect(watcher.locator('main')).toContainText('Ada');
  await expect(watcher.getByTestId('host-open'), 'who only watches has no control').toHaveCount(0);

  const other = await takeOver(browser, screen);
  expect(other.url(), 'the token does not stay in the address').not.toContain('#');
  await other.reload();
  await section(other, 'race');
  await other.getByTestId('kind-timed').click();
  await expectChosen(screen.page, 'mode-timed');
  await section(screen.page, 'door');
  await screen.page.getByTestId('door-locked').click();
  await section(other, 'door');
  await expectChosen(other, 'door-locked');
  await other.getByTestId('start').click();
  for (const page of [screen.page, other, watcher]) await expectPhase(page, 'running');
  await screen.page.getByTestId('cancel').click();
  for (const page of [screen.page, other, watcher]) await expectPhase(page, 'lobby');
  // A link that does not fit leaves the control as it is.
  await screen.page.goto(`${server.origin}/console/${screen.room}#host=wrong`);
  await expect(screen.page.getByRole('alert')).toContainText('This host link is not valid');
  await expect(screen.page.getByTestId('host-open')).toBeVisible();
});

test('the host ends the room, after a second thought, and everybody is told', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const ada = await join(browser, screen.joinUrl, 'Ada');
  const { page } = screen;
  await section(page, 'room');
  await page.getByTestId('end-room').click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByTestId('end-room').click();
  await page.getByTestId('end-room-sure').click();
  await expect(page.getByTestId('room-ended')).toContainText('The party is over');
  await expect(ada.getByTestId('closed')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('alert')).toContainText(`There is no room ${screen.room}.`);

  const house = await openConsole(browser, server.console);
  await section(house.page, 'room');
  await expect(house.page.getByTestId('end-room')).toHaveCount(0);
});

test('the panel is used with the keyboard alone', async ({ browser }) => {
  const { page } = await hostRace(browser, server);
  await page.getByTestId('host-open').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('host-tab-race')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('host-tab-door')).toBeFocused();
  await expect(page.getByTestId('host-section')).toHaveAttribute('data-tab', 'door');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expectChosen(page, 'door-approve');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('host-panel')).toHaveCount(0);
  await expect(page.getByTestId('host-open')).toBeFocused();
});

test('a phone that has the host link hosts as well as a screen', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  await comes(screen.room, 'Ada');
  await section(screen.page, 'room');
  await screen.page.getByTestId('host-link-show').click();
  const link = await screen.page.getByTestId('host-link').inputValue();
  const phone = await (await browser.newContext(handset)).newPage();
  await phone.goto(link);
  const tooSmall = () =>
    phone.locator('button:visible, input:visible, select:visible, a:visible').evaluateAll((controls) =>
      controls
        .map((control) => ({ text: control.textContent || control.getAttribute('aria-label') || control.dataset.testid, ...(control.closest('label') ?? control).getBoundingClientRect().toJSON() }))
        .filter(({ width, height }) => height < 43.5 || width < 43.5)
        .map(({ text, width, height }) => `${text} ${width}x${height}`),
    );
  await expect(phone.getByTestId('start')).toBeEnabled();
  expect(await tooSmall()).toEqual([]);
  for (const tab of ['race', 'people', 'door', 'heats', 'bots', 'chat', 'screen', 'room']) {
    await section(phone, tab);
    if (tab === 'people') await person(phone, 'Ada');
    expect(await tooSmall(), tab).toEqual([]);
    const aside = await phone.evaluate(() => document.querySelector('.panel .body').scrollWidth - innerWidth);
    expect(aside, `${tab} fits the width`).toBeLessThanOrEqual(0);
  }
  await closePanel(phone);
  await phone.getByTestId('start').click();
  for (const page of [screen.page, phone]) await expectPhase(page, 'running');
  await phone.getByTestId('cancel').click();
  for (const page of [screen.page, phone]) await expectPhase(page, 'lobby');
});

test('an order that cannot reach the server is refused at once and not given later', async ({ browser }) => {
  const line = await openLine(server);
  const { page } = await openConsole(browser, `${line.origin}/console`);
  await comes('', 'Ada');
  await expect(page.getByTestId('start')).toBeEnabled();
  line.cut();
  await expect(page.getByTestId('disconnected')).toBeVisible();
  await page.getByTestId('start').click();
  await expect(page.getByRole('alert')).toContainText('The server cannot be reached');
  line.mend();
  await expect(page.getByTestId('disconnected')).toHaveCount(0);
  await section(page, 'people');
  const row = await person(page, 'Ada');
  await row.getByTestId('rename-name').fill('Eve');
  await row.getByTestId('rename').click();
  // What was ordered later has been carried out: the start would have come before it.
  await expect(page.locator('[data-testid=person][data-name=Eve]')).toBeVisible();
  await expectPhase(page, 'lobby');
  await line.close();
});

test('a screen that is reloaded shows the same, in whatever phase', async ({ browser }) => {
  const screen = await hostRace(browser, server);
  const { page } = screen;
  const ada = await comes(screen.room, 'Ada');
  const bo = await comes(screen.room, 'Bo');
  await section(page, 'race');
  await enter(page, 'amount-sprint-taps', 20);
  await enter(page, 'countdown-seconds', 7);
  await closePanel(page);
  const second = await (await browser.newContext(television)).newPage();
  await second.goto(`${server.origin}/console/${screen.room}`);

  /** What a screen shows that does not move. */
  const shown = (on) =>
    on.evaluate(() => ({
      phase: document.querySelector('[data-testid=phase]')?.dataset.phase,
      title: document.querySelector('[data-testid=winner], .what h1, .top b + span')?.textContent,
      taps: [...document.querySelectorAll('[data-testid=racer]')].map(({ dataset }) => `${dataset.name} ${dataset.taps}`).sort(),
      places: [...document.querySelectorAll('[data-testid=place]')].map(({ dataset }) => `${dataset.place} ${dataset.name} ${dataset.taps}`),
    }));
  async function sameAfterReload(phase) {
    for (const on of [page, second]) await expectPhase(on, phase);
    const before = await shown(page);
    await page.reload();
    await expect.poll(() => shown(page)).toEqual(before);
    await expect.poll(() => shown(second)).toEqual(before);
  }

  await sameAfterReload('lobby');
  await page.getByTestId('start').click();
  await sameAfterReload('countdown');
  const { heat } = await ada.seat.heard('phase', ({ phase }) => phase === 'running');
  ada.seat.say('tap', { heat, n: 7 });
  await expect.poll(() => racers(page)).toEqual({ Ada: 7, Bo: 0 });
  await sameAfterReload('running');
  bo.seat.say('tap', { heat, n: 5 });
  ada.seat.say('tap', { heat, n: 20 });
  await expect(page.getByTestId('winner')).toContainText('Ada wins!');
  await sameAfterReload('finished');
});
