// The command line of `npm run states`: a folder, then languages.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder, ...languages] = process.argv.slice(2);
if (!folder) {
  console.error('Into which folder? npm --prefix tests run states -- FOLDER [LANGUAGE...]');
  process.exit(2);
}
const env = { ...process.env, STATES: resolve(process.env.INIT_CWD ?? '.', folder) };
if (languages.length > 0) env.LANGUAGES = languages.join(' ');
const cwd = fileURLToPath(new URL('..', import.meta.url));
const { status } = spawnSync('npx', ['playwright', 'test', '--config', 'states.config.js'], { cwd, env, stdio: 'inherit' });
process.exitCode = status ?? 1;
