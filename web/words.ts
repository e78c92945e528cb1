// The words of the pages, compiled when the pages are built: `virtual:words/play` gives for each
// language a function that loads the play page's words in it, and nothing else.
import MessageFormat from '@messageformat/core';
import compileModule from '@messageformat/core/compile-module.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

export type Catalog = Record<string, string>;

const folder = fileURLToPath(new URL('./src/i18n/words', import.meta.url));
const prefix = 'virtual:words/';
/** Every page has these as well. */
const shared = 'shared';
/** And these, every page that is no part of a room. */
const pages = 'pages';
const inRooms = ['play', 'console'];
/** Loaded later by the phone's page, which has the shared ones already. */
const later = 'more';

export const languages = readdirSync(folder).sort();
export const catalogs = readdirSync(join(folder, 'en')).map((file) => file.replace('.json', ''));

const pathOf = (language: string, catalog: string) => join(folder, language, `${catalog}.json`);

export function read(language: string, catalog: string): Catalog {
  return JSON.parse(readFileSync(pathOf(language, catalog), 'utf8')) as Catalog;
}

/** What a page of this name has; itself a catalog, or the one that the page's folder is called by. */
export function catalogsOf(page: string): string[] {
  if (page === later) return [later];
  return [...new Set([shared, ...(inRooms.includes(page) ? [] : [pages]), page])];
}

/**
 * Words as a module that makes functions of them. It imports nothing, so that one download is all it
 * takes: what it needs of the runtime comes from `speak`, plurals from the browser's `Intl`. What a
 * language has no words for yet is said in English.
 */
export function compile(language: string, page: string): string {
  const all = (language: string): Catalog => Object.assign({}, ...catalogsOf(page).map((catalog) => read(language, catalog)));
  const own = all(language);
  const english = Object.entries(all('en'));
  const isWhole = english.every(([key]) => key in own);
  const format = new MessageFormat(language, { strictPluralKeys: isWhole });
  const texts = Object.fromEntries(english.map(([key, text]) => [key, own[key] ?? text]));
  const functions = compileModule(format, texts).replace(/^import \{.*\} from "@messageformat\/runtime(\/lib\/(plurals|cardinals))?";\n/gm, '');
  // A text without values need not be a function.
  const small = functions.replace(/: \(\) => (".*")(,?)$/gm, ': $1$2');
  if (/^import /m.test(functions)) throw new Error(`words in ${language}: only numbers, plurals and selections`);
  return `const cardinal = new Intl.PluralRules("${language}");
const ordinal = new Intl.PluralRules("${language}", { type: "ordinal" });
const ${language} = (n, isOrdinal) => (isOrdinal ? ordinal : cardinal).select(n);
${small.replace('export default {', 'export default ({ number, plural, select }) => ({')});`;
}

export function words(): Plugin {
  return {
    name: 'tap-racer-words',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return;
      const [page = '', language] = id.slice(prefix.length + 1).split('/');
      if (language === undefined) {
        const loaders = languages.map((language) => `"${language}": () => import("${prefix}${page}/${language}")`);
        return `export default { ${loaders.join(', ')} };`;
      }
      for (const catalog of catalogsOf(page)) {
        for (const each of new Set(['en', language])) this.addWatchFile(pathOf(each, catalog));
      }
      return compile(language, page);
    },
  };
}
