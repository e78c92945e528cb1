// Every state of every page, to be looked at.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { test } from '@playwright/test';

import { startServer } from '../support/server.js';
import { groups, looks, settled, Walk } from '../support/states.js';

const folder = process.env.STATES;
const languages = (process.env.LANGUAGES ?? 'en ar').split(' ');

for (const locale of languages) {
  for (const [group, states] of Object.entries(groups)) {
    test(`${group} in ${locale}`, async ({ browser }) => {
      const server = await startServer();
      const seen = async (name, page) => {
        await settled(page);
        const { width } = page.viewportSize();
        const path = join(folder, `${locale}-${width}`, `${name}.png`);
        await page.screenshot({ path, scale: 'css' });
      };
      for (const { width } of [looks.television.viewport, looks.phone.viewport]) {
        await mkdir(join(folder, `${locale}-${width}`), { recursive: true });
      }
      // A screen of a phone's size is a host's phone: it is looked at as well.
      const screens = group === 'screen' ? [looks.television, looks.phone] : [looks.television];
      for (const screen of screens) {
        const walk = new Walk({ browser, server, screen: { ...screen, locale }, phone: { ...looks.phone, locale }, seen });
        await states(walk);
        await walk.over();
      }
      await server.stop();
    });
  }
}
