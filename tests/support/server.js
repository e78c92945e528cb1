// A tap-racer of its own for a test: on a free port, with an empty data folder.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { built, start } from './process.js';

/**
 * Starts a server.
 * @param {{ args?: string[], env?: Record<string, string> }} [options]
 * @returns {Promise<{ origin: string, socket: string, console: string, join: string, log: () => string, stop: () => Promise<void> }>}
 */
export async function startServer({ args = [], env = {} } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'tap-racer-'));
  const urls = {};
  const { said, log, end } = await start({
    binary: process.env.TAP_RACER_BINARY ?? built('tap-racer'),
    args: ['--listen', '127.0.0.1:0', '--data', data, ...args],
    build: 'cargo build -p tap-racer',
    env,
    listen: (line) => {
      const [, what, url] = /^(Console|Join) +(http\S+)$/.exec(line) ?? [];
      if (what) urls[what] = url;
      return urls.Console && urls.Join ? urls : undefined;
    },
  });
  const { origin, host } = new URL(said.Console);
  return {
    origin,
    socket: `ws://${host}/socket`,
    console: said.Console,
    join: said.Join,
    log,
    async stop() {
      await end('SIGTERM', 'exit 0');
      await rm(data, { recursive: true, force: true });
    },
  };
}
