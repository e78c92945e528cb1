// An example of the channel crate, run for a test.
import { built, start } from './process.js';

/**
 * Starts an example that prints its URL; it takes a free port unless the arguments name one.
 * @param {string} name
 * @param {string[]} [args]
 * @returns {Promise<{ origin: string, socket: string, port: number, stop: () => Promise<void>, kill: () => Promise<void> }>}
 */
export async function startExample(name, args = []) {
  const { said, end } = await start({
    binary: built('examples', name),
    args: [...(args.includes('--port') ? [] : ['--port', '0']), ...args],
    build: 'cargo build -p channels --examples',
    listen: (line) => {
      const [url] = /http:\S+/.exec(line) ?? [];
      return url && new URL(url);
    },
  });
  return {
    origin: said.origin,
    socket: `ws://${said.host}/socket`,
    port: Number(said.port),
    /** Ends it in order. */
    stop: () => end('SIGINT', 'exit 0'),
    /** Ends it as a crash does. */
    kill: () => end('SIGKILL', 'exit SIGKILL'),
  };
}
