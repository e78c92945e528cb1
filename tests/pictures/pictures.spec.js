// The README's pictures: a real race of ten, on the big screen and in the hand, and the host's panel.
import { fileURLToPath } from 'node:url';

import { expect, test } from '@playwright/test';

import { expectPhase, guest, hostRace, join, racers, sprint, tap } from '../support/party.js';
import { enter, section } from '../support/panel.js';
import { startServer } from '../support/server.js';
import { settled } from '../support/states.js';

// Taps a second: a close race, unless the machine is too slow for Ada's finger.
const adasPace = 5.8;
const pace = { Mia: 5.6, Noah: 5.4, Aisha: 5.2, Luca: 5.0, Yuki: 4.8, Priya: 4.5, Sam: 4.2, Zoë: 3.8, Mateo: 3.4 };
const course = 100;
const folder = fileURLToPath(new URL('../../web/pictures/', import.meta.url));

const picture = (page, name) => page.screenshot({ path: `${folder}${name}.png`, scale: 'css' });

test('pictures', async ({ browser }) => {
  const server = await startServer();
  const screen = await hostRace(browser, server);
  await screen.page.setViewportSize({ width: 1200, height: 675 });
  const phone = await join(browser, screen.joinUrl, 'Ada');
  const guests = [];
  for (const [name, rate] of Object.entries(pace)) guests.push({ ...(await guest(server, screen.room, name)), rate });
  const chat = await guests[0].client.join(`chat:${screen.room}`, { name: 'Mia' });
  await expect(screen.page.getByTestId('racer')).toHaveCount(10);
  await sprint(screen.page, course);

  await screen.page.getByTestId('start').click();
  const { heat } = await guests[0].seat.heard('phase', ({ phase }) => phase === 'running');
  const gun = Date.now();
  await chat.ask('new_msg', { text: 'my thumbs are ready' });
  const tapping = setInterval(() => {
    const at = Date.now() - gun;
    for (const { seat, rate } of guests) seat.say('tap', { heat, n: Math.floor((at / 1000) * rate), at });
  }, 50);

  let taps = 0;
  const tapUntil = async (enough) => {
    while (!(await enough())) {
      if (taps < ((Date.now() - gun) / 1000) * adasPace) taps += await tap(phone, 1, 0).then(() => 1);
      else await phone.waitForTimeout(20);
    }
  };
  // However slow the machine, the picture is of the middle of the race.
  await tapUntil(async () => Math.max(...Object.values(await racers(screen.page))) >= 0.55 * course);
  await Promise.all([picture(screen.page, 'race'), tap(phone, 1, 0).then(() => picture(phone, 'phone'))]);
  await tapUntil(async () => (await phone.getByTestId('phase').getAttribute('data-phase')) !== 'running');
  await expectPhase(screen.page, 'finished');
  clearInterval(tapping);
  await expect(phone.getByTestId('result')).toBeVisible();
  // The steps of the podium rise one after the other.
  await screen.page.waitForTimeout(1800);
  await picture(screen.page, 'podium');
  await picture(phone, 'phone-result');

  await screen.page.setViewportSize({ width: 1440, height: 810 });
  await section(screen.page, 'heats');
  await screen.page.getByTestId('lanes-some').click();
  await enter(screen.page, 'lanes-count', 5);
  await screen.page.getByTestId('tournament-on').click();
  await expect(screen.page.getByTestId('bracket')).toBeVisible();
  await settled(screen.page);
  await picture(screen.page, 'host');
  await Promise.all(guests.map(({ client }) => client.close()));
  await server.stop();
});
