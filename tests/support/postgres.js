// A PostgreSQL server of its own for a test, which may be stopped and started again.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian keeps the programs beside each other by version, and off the path. */
function folders() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => b - a) : [];
  return [...process.env.PATH.split(delimiter), ...versions.map((version) => join(debian, version, 'bin'))];
}

function program(name) {
  const folder = folders().find((folder) => existsSync(join(folder, name)));
  if (!folder) throw new Error(`${name} is missing: scripts/with-postgres installs PostgreSQL`);
  return join(folder, name);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts one. `stop` ends it as a crash would, `start` begins it again on the same port and data.
 * @returns {Promise<{ url: string, stop: () => Promise<void>, start: () => Promise<void>, remove: () => Promise<void> }>}
 */
export async function startPostgres() {
  const folder = await mkdtemp(join(tmpdir(), 'tap-racer-postgres-'));
  const data = join(folder, 'data');
  // It refuses to run as root.
  const isRoot = process.getuid() === 0;
  const asOwner = (name, ...args) =>
    isRoot ? run('runuser', ['-u', 'postgres', '--', program(name), ...args], { cwd: folder }) : run(program(name), args);
  if (isRoot) {
    const { stdout } = await run('id', ['-u', 'postgres']);
    await chown(folder, Number(stdout), -1);
  }
  await asOwner('initdb', '--pgdata', data, '--username', 'tester', '--auth', 'trust', '--encoding', 'UTF8', '--no-locale', '--no-sync');
  const port = await freePort();
  const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories= -c fsync=off`;
  const start = () =>
    asOwner('pg_ctl', 'start', '--pgdata', data, '--log', join(folder, 'log'), '--wait', '--silent', '--options', options);
  const stop = () => asOwner('pg_ctl', 'stop', '--pgdata', data, '--mode', 'immediate', '--silent');
  await start();
  return {
    url: `postgres://tester@127.0.0.1:${port}/postgres`,
    start,
    stop,
    async remove() {
      await stop().catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}
