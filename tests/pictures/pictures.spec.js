// The README's pictures: a real race of ten, on the big screen and in the hand.
import { fileURLToPath } from 'node:url';

import { test } from '@playwright/test';

import { expectPhase, guest, hostRace, join, sprint, tap } from '../support/party.js';
import { startServer } from '../support/server.js';

const names = ['Mia', 'Noah', 'Aisha', 'Luca', 'Yuki', 'Priya', 'Sam', 'Zoë', 'Mateo'];
const folder = fileURLToPath(new URL('../../web/pictures/', import.meta.url));

test('pictures', async ({ browser }) => {
  const server = await startServer();
  const screen = await hostRace(browser, server);
  const phone = await join(browser, screen.joinUrl, 'Ada');
  const guests = [];
  for (const name of names) guests.push(await guest(server, screen.room, name));
  const { client } = guests[0];
  const chat = await client.join(`chat:${screen.room}`, { name: 'Mia' });
  await screen.page.getByTestId('racer').nth(9).waitFor();
  await sprint(screen.page, 60);
  await screen.page.screenshot({ path: `${folder}lobby.png`, scale: 'css' });

  await screen.page.getByTestId('start').click();
  await expectPhase(phone, 'running');
  await chat.ask('new_msg', { text: 'my thumbs are ready' });
  const { heat } = await guests[0].seat.heard('phase', ({ phase }) => phase === 'running');
  // Each guest taps at a pace of their own until the race is over.
  const rates = [8.4, 7.9, 7.6, 7.1, 6.9, 6.3, 6.0, 5.4, 4.8];
  const started = Date.now();
  const tapping = setInterval(() => {
    guests.forEach(({ seat }, number) => {
      const n = Math.floor(((Date.now() - started) / 1000) * rates[number]);
      if (n > 0) seat.say('tap', { heat, n, at: Date.now() - started });
    });
  }, 50);
  await tap(phone, 26, 95);
  await Promise.all([
    screen.page.screenshot({ path: `${folder}race.png` }),
    phone.screenshot({ path: `${folder}phone.png`, scale: 'css' }),
  ]);
  await tap(phone, 34, 60);
  await expectPhase(screen.page, 'finished');
  clearInterval(tapping);
  await screen.page.waitForTimeout(3000);
  await screen.page.screenshot({ path: `${folder}podium.png` });
  await phone.screenshot({ path: `${folder}phone-result.png`, scale: 'css' });
  await Promise.all(guests.map(({ client }) => client.close()));
  await server.stop();
});
