// What drawing a race costs a big screen: `npm --prefix tests run frames -- 300` races so many guests
// and prints how many frames were drawn, and the page's own processor time in each, which other work
// of the machine does not change. Sixty frames a second leave 16.7 ms to each.
import { chromium } from '@playwright/test';

import { launchOptions } from './support/browser.js';
import { expectPhase, guest } from './support/party.js';
import { startServer } from './support/server.js';

const racers = Number(process.argv[2] ?? 300);
const watched = 8_000;
const reportEvery = 400;

const server = await startServer();
const browser = await chromium.launch(launchOptions);
const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
await page.goto(server.console);
await expectPhase(page, 'lobby');
const guests = [];
for (let i = 1; i <= racers; i += 1) guests.push(await guest(server, '', `Guest ${i}`));
await page.getByTestId('mode-timed').click();
await page.getByTestId('timed-seconds').fill('60');
await page.getByTestId('timed-seconds').blur();
await page.getByTestId('start').click();
const { heat, go_at: gun } = await guests[0].seat.heard('phase', ({ phase }) => phase === 'running');
const tapping = guests.map(({ seat }, i) =>
  setInterval(() => {
    const at = Date.now() - gun;
    seat.say('tap', { heat, n: Math.floor((at / 1000) * (5 + (i % 9) / 2)), at });
  }, reportEvery),
);
await expectPhase(page, 'running');

const protocol = await page.context().newCDPSession(page);
await protocol.send('Performance.enable', { timeDomain: 'threadTicks' });
const spent = async () =>
  Object.fromEntries((await protocol.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value * 1000]));
const before = await spent();
const frames = await page.evaluate(
  (watched) =>
    new Promise((done) => {
      let drawn = 0;
      const end = performance.now() + watched;
      requestAnimationFrame(function frame(now) {
        drawn += 1;
        if (now < end) requestAnimationFrame(frame);
        else done(drawn);
      });
    }),
  watched,
);
const after = await spent();
const each = (name) => `${((after[name] - before[name]) / frames).toFixed(2)} ms`;
console.log(`${racers} racers: ${((frames * 1000) / watched).toFixed(1)} frames a second`);
console.log(`each ${each('TaskDuration')}, of it script ${each('ScriptDuration')}, style ${each('RecalcStyleDuration')}, layout ${each('LayoutDuration')}`);

tapping.forEach(clearInterval);
await browser.close();
await Promise.all(guests.map(({ client }) => client.close()));
await server.stop();
