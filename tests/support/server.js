// A tap-racer of its own for a test: on a free port, with an empty data folder, ended by its pid.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const binary = process.env.TAP_RACER_BINARY ?? join(target, 'debug', 'tap-racer');

const patience = 30_000;

/**
 * Starts a server.
 * @param {{ args?: string[], env?: Record<string, string> }} [options]
 * @returns {Promise<{ origin: string, socket: string, console: string, join: string, log: () => string, stop: () => Promise<void> }>}
 */
export async function startServer({ args = [], env = {} } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'tap-racer-'));
  const server = spawn(binary, ['--listen', '127.0.0.1:0', '--data', data, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  server.stderr.on('data', (text) => {
    log += text;
  });
  const ended = new Promise((resolve) => {
    server.once('error', (error) => resolve(error.message));
    server.once('exit', (code, signal) => resolve(`exit ${code ?? signal}`));
  });
  const said = {};
  const announced = new Promise((resolve) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      const [, what, url] = /^(Console|Join) +(http\S+)$/.exec(line) ?? [];
      if (what) said[what] = url;
      if (said.Console && said.Join) resolve('announced');
    });
  });
  const late = new Promise((resolve) => {
    setTimeout(() => resolve('no word in time'), patience).unref();
  });
  const outcome = await Promise.race([announced, ended, late]);
  if (outcome !== 'announced') {
    server.kill('SIGKILL');
    throw new Error(`${binary} did not start (build it with: cargo build -p tap-racer): ${outcome}\n${log}`);
  }
  const { origin, host } = new URL(said.Console);
  return {
    origin,
    socket: `ws://${host}/socket`,
    console: said.Console,
    join: said.Join,
    log: () => log,
    async stop() {
      server.kill('SIGTERM');
      const outcome = await Promise.race([ended, late]);
      await rm(data, { recursive: true, force: true });
      if (outcome !== 'exit 0') throw new Error(`the server ended with ${outcome}\n${log}`);
    },
  };
}
