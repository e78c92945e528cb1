// What drawing a race costs a big screen. `npm run --silent --prefix tests frames -- 300` lets so
// many simulated phones race before a real screen and prints one line of JSON: the gaps between frames, of
// which sixty a second leave 16.7 ms to each, and the processor time of the browser per frame, which other
// work of the machine does not change. `--simulated` tells the screen of a crowd that nobody plays.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { chromium, expect } from '@playwright/test';

import { launchOptions } from './support/browser.js';
import { simulate } from './support/crowd.js';
import { Client } from './support/live.js';
import { expectPhase } from './support/party.js';
import { built } from './support/process.js';
import { startServer } from './support/server.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    mode: { type: 'string', default: 'timed' },
    simulated: { type: 'boolean', default: false },
    /** Where to leave a profile for Chromium's developer tools. */
    profile: { type: 'string' },
    picture: { type: 'string' },
    /** A folder with other pages than those of the server, such as ../web/dist. */
    pages: { type: 'string' },
  },
});
const racers = Number(positionals[0] ?? 300);
const watched = Number(values.seconds) * 1000;
const late = 20;
/** The race goes on for longer than it is watched. */
const settles = 1500;
const seconds = Math.ceil((watched + settles) / 1000) + 2;
const rules = {
  timed: { mode: 'timed', seconds },
  sprint: { mode: 'sprint', taps: seconds * 8 },
  tug: { mode: 'tug', lead: 400 },
}[values.mode];

const server = await startServer({ args: ['--max-racers', String(racers + 1), '--joins-per-second', '0'] });
const browser = await chromium.launch(launchOptions);
let [room, phones] = [null, null];
try {
  console.log(JSON.stringify(await measure()));
} finally {
  room?.stop();
  await phones?.stop();
  await browser.close();
  await server.stop();
}

async function measure() {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  room = values.simulated ? await simulate(page, { racers, rules }) : null;
  if (values.pages) await page.route(/\/(console|assets\/.*)$/, fromFolder);
  await page.goto(server.console);
  await expectPhase(page, 'lobby');
  phones = room ? null : startPhones();
  await expect(page.locator('header')).toContainText(`${racers.toLocaleString('en')} racers`, { timeout: 60_000 });
  if (room) room.start();
  else await startRace();
  await page.locator('[data-testid=phase][data-phase=running]').waitFor({ timeout: 60_000 });
  await page.waitForTimeout(settles);

  const protocol = await page.context().newCDPSession(page);
  await protocol.send('Performance.enable', { timeDomain: 'threadTicks' });
  const whole = await browser.newBrowserCDPSession();
  if (values.profile) await browser.startTracing(page, { path: values.profile });
  const before = await spent(protocol, whole);
  const { gaps, longTasks } = await page.evaluate(watch, watched);
  const after = await spent(protocol, whole);
  if (values.profile) await browser.stopTracing();
  if (values.picture) await page.screenshot({ path: values.picture });

  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (part) => round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]);
  const each = (name) => round((after[name] - before[name]) / gaps.length);
  return {
    racers,
    mode: values.mode,
    simulated: values.simulated,
    frames_per_second: round((gaps.length * 1000) / sorted.reduce((sum, gap) => sum + gap, 0)),
    gap_ms: { median: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1) },
    late_share: round(gaps.filter((gap) => gap > late).length / gaps.length, 4),
    long_tasks: longTasks,
    each_frame_ms: {
      page: each('TaskDuration'),
      script: each('ScriptDuration'),
      style: each('RecalcStyleDuration'),
      layout: each('LayoutDuration'),
    },
    each_frame_ms_of_process: Object.fromEntries(['renderer', 'GPU', 'browser'].map((type) => [type, each(type)])),
  };
}

/** In the page: the time between every two frames, and how many tasks held one up. */
function watch(watched) {
  return new Promise((done) => {
    const gaps = [];
    let longTasks = 0;
    const observer = new PerformanceObserver((list) => (longTasks += list.getEntries().length));
    observer.observe({ type: 'longtask' });
    let last;
    const end = performance.now() + watched;
    requestAnimationFrame(function frame(now) {
      if (last !== undefined) gaps.push(now - last);
      last = now;
      if (now < end) requestAnimationFrame(frame);
      else done({ gaps, longTasks });
    });
  });
}

/** Processor time up to now, in milliseconds: the page's own, and that of all of the browser. */
async function spent(protocol, whole) {
  const { metrics } = await protocol.send('Performance.getMetrics');
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  const own = Object.fromEntries(metrics.map(({ name, value }) => [name, value * 1000]));
  for (const { type, cpuTime } of processInfo) own[type] = (own[type] ?? 0) + cpuTime * 1000;
  return own;
}

function fromFolder(route) {
  const { pathname } = new URL(route.request().url());
  return route.fulfill({ path: join(values.pages, pathname === '/console' ? 'console.html' : pathname) });
}

function startPhones() {
  const url = `ws://${new URL(server.origin).host}`;
  const binary = process.env.STAMPEDE_BINARY ?? built('stampede');
  const program = spawn(binary, ['phones', '--url', url, '--players', String(racers)], { stdio: 'ignore' });
  program.once('error', ({ message }) => console.error(message));
  const ended = new Promise((resolve) => program.once('close', resolve));
  return {
    stop() {
      program.kill('SIGINT');
      return ended;
    },
  };
}

async function startRace() {
  const client = new Client(server.socket);
  const host = await client.join('console');
  await host.ask('start', { rules });
  await client.close();
}

function round(value, digits = 2) {
  return Number(value.toFixed(digits));
}
