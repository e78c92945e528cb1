// How soon a slow phone shows the door of a race: the play page in a browser whose processor is four
// times slower and whose network is a "fast 3G" one, with nothing in its cache.
import { chromium } from '@playwright/test';

import { launchOptions } from './support/browser.js';
import { handset } from './support/party.js';
import { startServer } from './support/server.js';

const runs = 5;
const network = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const slowdown = 4;

async function view(browser, url) {
  const context = await browser.newContext(handset);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', network);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await page.addInitScript(() => {
    // Usable is a form that has been drawn and can be typed into.
    const look = () => {
      if (document.querySelector('[data-testid=name]')) requestAnimationFrame(() => (window.usable = performance.now()));
      else requestAnimationFrame(look);
    };
    look();
  });
  await page.goto(url);
  await page.waitForFunction(() => window.usable && performance.getEntriesByName('first-contentful-paint').length > 0);
  const times = await page.evaluate(() => ({
    painted: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    usable: window.usable,
  }));
  await context.close();
  return times;
}

const server = await startServer();
const browser = await chromium.launch(launchOptions);
const views = [];
for (let run = 0; run < runs; run += 1) views.push(await view(browser, server.join));
await browser.close();
await server.stop();

const median = (of) => Math.round(views.map(of).toSorted((a, b) => a - b)[Math.floor(runs / 2)]);
console.log(`The play page on a slow phone (processor ${slowdown} times slower, 1.6 Mbit/s, ${network.latency} ms), median of ${runs}:`);
console.log(`${String(median(({ painted }) => painted)).padStart(7)} ms  first contentful paint`);
console.log(`${String(median(({ usable }) => usable)).padStart(7)} ms  the name can be typed`);
