// An example of a crate, run for a test: on a free port, ended by its pid.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

const patience = 30_000;

/**
 * Starts an example that prints its URL. It takes a free port unless the arguments name one.
 * @param {string} name
 * @param {string[]} [args]
 * @returns {Promise<{ origin: string, socket: string, stop: () => Promise<void> }>}
 */
export async function startExample(name, args = []) {
  const binary = join(target, 'debug', 'examples', name);
  const port = args.includes('--port') ? [] : ['--port', '0'];
  const server = spawn(binary, [...port, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  server.stderr.on('data', (text) => {
    log += text;
  });
  const ended = new Promise((resolve) => {
    server.once('error', (error) => resolve(error.message));
    server.once('exit', (code, signal) => resolve(`exit ${code ?? signal}`));
  });
  const announced = new Promise((resolve) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      const [url] = /http:\S+/.exec(line) ?? [];
      if (url) resolve(new URL(url));
    });
  });
  const late = () =>
    new Promise((resolve) => {
      setTimeout(() => resolve('no word in time'), patience).unref();
    });
  const outcome = await Promise.race([announced, ended, late()]);
  if (!(outcome instanceof URL)) {
    server.kill('SIGKILL');
    throw new Error(`${binary} did not start (build it with: cargo build -p channels --examples): ${outcome}\n${log}`);
  }
  return {
    origin: outcome.origin,
    socket: `ws://${outcome.host}/socket`,
    async stop() {
      server.kill('SIGINT');
      const outcome = await Promise.race([ended, late()]);
      if (outcome !== 'exit 0') throw new Error(`${name} ended with ${outcome}\n${log}`);
    },
  };
}
