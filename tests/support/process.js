// A built program that runs for a test, and is ended by its pid.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

const patience = 30_000;
const inTime = () => new Promise((resolve) => setTimeout(resolve, patience, 'no word in time').unref());

/** Where cargo puts what it builds for debugging. */
export const built = (...path) => join(target, 'debug', ...path);

/**
 * Starts a program and waits until it has said what `listen` wants to hear: it is given each line
 * of the program's output until it returns something.
 * @template T
 * @param {{ binary: string, args: string[], build: string, listen: (line: string) => T | undefined, env?: Record<string, string> }} options
 * @returns {Promise<{ said: T, log: () => string, end: (signal: NodeJS.Signals, expected: string) => Promise<void> }>}
 */
export async function start({ binary, args, build, listen, env = {} }) {
  const program = spawn(binary, args, {
    // Tests crash channels on purpose, and a backtrace takes a second to write.
    env: { ...process.env, RUST_BACKTRACE: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  program.stderr.on('data', (text) => {
    log += text;
  });
  const ended = new Promise((resolve) => {
    program.once('error', (error) => resolve(error.message));
    program.once('exit', (code, signal) => resolve(`exit ${code ?? signal}`));
  });
  const announced = new Promise((resolve) => {
    createInterface({ input: program.stdout }).on('line', (line) => {
      const said = listen(line);
      if (said !== undefined) resolve({ said });
    });
  });
  const outcome = await Promise.race([announced, ended, inTime()]);
  if (typeof outcome === 'string') {
    program.kill('SIGKILL');
    throw new Error(`${binary} did not start (build it with: ${build}): ${outcome}\n${log}`);
  }
  return {
    said: outcome.said,
    log: () => log,
    async end(signal, expected) {
      program.kill(signal);
      const outcome = await Promise.race([ended, inTime()]);
      if (outcome !== expected) throw new Error(`${binary} ended with ${outcome}\n${log}`);
    },
  };
}
