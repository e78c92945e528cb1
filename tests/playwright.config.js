import { defineConfig } from '@playwright/test';

import { launchOptions } from './support/browser.js';

export default defineConfig({
  testDir: 'browser',
  // Each test starts a server and several browser contexts, and a race is a matter of milliseconds.
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  // What passes only in a second try is listed as flaky: to be mended, but not what a landing hangs on.
  retries: process.env.CI ? 1 : 0,
  reporter: [['list']],
  // Not filmed: on a small machine the camera takes more time than the race.
  use: { launchOptions, trace: { mode: 'retain-on-failure', screenshots: false } },
});
