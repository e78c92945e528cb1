// A tap-racer of its own for a test: on a free port, with an empty data folder.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { built, start } from './process.js';

/**
 * Starts a server. `kill` ends it as a crash would; `restart` starts it again on the same port and data,
 * after a `kill` or else gracefully.
 * @param {{ args?: string[], env?: Record<string, string> }} [options]
 * @returns {Promise<{ origin: string, socket: string, console: string, join: string, data: string, log: () => string, kill: () => Promise<void>, restart: () => Promise<void>, stop: () => Promise<void> }>}
 */
export async function startServer({ args = [], env = {} } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'tap-racer-'));
  const run = (listen) => {
    const urls = {};
    return start({
      binary: process.env.TAP_RACER_BINARY ?? built('tap-racer'),
      args: ['--listen', listen, '--data', data, ...args],
      build: 'cargo build -p tap-racer',
      env,
      listen: (line) => {
        const [, what, url] = /^(Console|Join) +(http\S+)$/.exec(line) ?? [];
        if (what) urls[what] = url;
        return urls.Console && urls.Join ? urls : undefined;
      },
    });
  };
  let running = await run('127.0.0.1:0');
  let earlierLog = '';
  const { origin, host } = new URL(running.said.Console);
  const end = async (signal, expected) => {
    const ending = running;
    running = undefined;
    await ending?.end(signal, expected);
    earlierLog += ending?.log() ?? '';
  };
  return {
    origin,
    socket: `ws://${host}/socket`,
    console: running.said.Console,
    join: running.said.Join,
    data,
    log: () => earlierLog + (running?.log() ?? ''),
    kill: () => end('SIGKILL', 'exit SIGKILL'),
    async restart() {
      await end('SIGTERM', 'exit 0');
      running = await run(host);
    },
    async stop() {
      await end('SIGTERM', 'exit 0');
      await rm(data, { recursive: true, force: true });
    },
  };
}
