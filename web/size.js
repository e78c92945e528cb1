// Fails when the play page's JavaScript, as a phone downloads it, outgrows its budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const budget = 40_000;
const dist = new URL('./dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('play-manifest.json', dist), 'utf8'));

function chunks(entry, seen = new Set()) {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const { imports = [], dynamicImports = [] } = manifest[entry];
  for (const next of [...imports, ...dynamicImports]) chunks(next, seen);
  return seen;
}

let total = 0;
for (const entry of chunks('play.html')) {
  const { file } = manifest[entry];
  const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += size;
  console.log(`${String(size).padStart(7)}  ${file}`);
}
console.log(`${String(total).padStart(7)}  in all, of ${budget} bytes (gzip)`);
if (total > budget) {
  console.error('the play page is too heavy');
  process.exitCode = 1;
}
