import { defineConfig } from '@playwright/test';

import { launchOptions } from './support/browser.js';

export default defineConfig({
  testDir: 'browser',
  // Each test starts a server and several browser contexts, and a race is a matter of milliseconds.
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  // Not filmed: on a small machine the camera takes more time than the race.
  use: { launchOptions, trace: { mode: 'retain-on-failure', screenshots: false } },
});
