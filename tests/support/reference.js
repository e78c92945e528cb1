// A reference application of its own for a test: on a free port or a given one, ended by its pid.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const binary = process.env.REFERENCE_BINARY ?? join(target, 'debug', 'examples', 'reference');

const patience = 30_000;

/**
 * Starts the application.
 * @param {{ port?: number }} [options]
 * @returns {Promise<{ socket: string, port: number, stop: () => Promise<void>, kill: () => Promise<void> }>}
 */
export async function startReference({ port = 0 } = {}) {
  const server = spawn(binary, ['--port', String(port)], {
    // Its channels crash on demand, and a backtrace takes a second to write.
    env: { ...process.env, RUST_BACKTRACE: '0' },
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
  const announced = new Promise((resolve) => {
    createInterface({ input: server.stdout }).once('line', (line) => resolve(new URL(line.split(' ').at(-1))));
  });
  const inTime = () => new Promise((resolve) => setTimeout(resolve, patience, 'no word in time').unref());
  const address = await Promise.race([announced, ended, inTime()]);
  if (!(address instanceof URL)) {
    server.kill('SIGKILL');
    throw new Error(`${binary} did not start (build it with: cargo build -p channels --examples): ${address}\n${log}`);
  }
  async function end(signal, expected) {
    server.kill(signal);
    const outcome = await Promise.race([ended, inTime()]);
    if (outcome !== expected) throw new Error(`the server ended with ${outcome}\n${log}`);
  }
  return {
    socket: `ws://${address.host}/socket`,
    port: Number(address.port),
    /** Ends it as a deploy does. */
    stop: () => end('SIGTERM', 'exit 0'),
    /** Ends it as a crash does. */
    kill: () => end('SIGKILL', 'exit SIGKILL'),
  };
}
