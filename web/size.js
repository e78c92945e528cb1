// Fails when the play page's JavaScript, as a phone downloads it, outgrows its budget. Of the words a
// phone downloads one language: the largest counts.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const budget = 40_000;
const dist = new URL('./dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('play-manifest.json', dist), 'utf8'));

const size = (entry) => gzipSync(readFileSync(new URL(manifest[entry].file, dist)), { level: 9 }).length;
const bySize = (a, b) => size(b) - size(a);

function chunks(entry, seen) {
  if (seen.has(entry)) return;
  seen.add(entry);
  for (const next of manifest[entry].imports ?? []) chunks(next, seen);
}

// What the page itself names, and all that this needs at once.
const scripts = [...readFileSync(new URL('play.html', dist), 'utf8').matchAll(/<script[^>]* src="\/([^"]+)"/g)].map(([, src]) => src);
const seen = new Set();
for (const entry of Object.keys(manifest)) if (scripts.includes(manifest[entry].file)) chunks(entry, seen);
const first = [...seen];
const later = first.flatMap((entry) => manifest[entry].dynamicImports ?? []);
const words = later.filter((entry) => entry.includes('virtual:words/play/')).sort(bySize);
if (words.length === 0) throw new Error('no words found in the manifest');
const counted = [...first, words[0]];
const total = counted.reduce((sum, entry) => sum + size(entry), 0);

const line = (entry) => `${String(size(entry)).padStart(7)}  ${manifest[entry].file}`;
for (const entry of counted) console.log(line(entry));
console.log(`${String(total).padStart(7)}  in all, of ${budget} bytes (gzip)`);
const whenNeeded = Object.keys(manifest).filter(
  (entry) => manifest[entry].file.endsWith('.js') && !first.includes(entry) && !entry.includes('virtual:words/'),
);
if (whenNeeded.length > 0) console.log(`When they are needed:\n${whenNeeded.map(line).join('\n')}`);
if (total > budget) {
  console.error('the play page is too heavy');
  process.exitCode = 1;
}
