// What the pages say. Words stand in `words/<language>/<catalog>.json`, in ICU MessageFormat, and are
// compiled to functions when the pages are built; a browser downloads its own page's words in its
// own language.
//
// To say something new:
// 1. Add it to `words/en/<catalog>.json`: `play` for src/play, `more` for
//    src/play/more (loaded later), `console` for src/console, `site` for
//    home, chat and check, other pages' own by their folder's name, `pages` for what several of the
//    pages outside of a room say, `shared` for what lies beside them or is said on all.
//    "lobby.taps": "{n, plural, one {# tap} other {# taps}} by {name}"
// 2. Say it: `t('lobby.taps', { n: 3, name })`. A key that is nowhere fails `npm run check`, one that is
//    not in the page's catalogs or lacks its values fails `npm test`.
// 3. Translate it in the other languages (until then they say it in English, and `npm test` fails).
//    An apostrophe before a brace quotes it: write ’ in text.
// Numbers, times and lists inside texts go through `number` and `list`, or `#` in a plural.
import { number as counted, plural, select } from '@messageformat/runtime';
import type accountWords from './words/en/account.json';
import type consoleWords from './words/en/console.json';
import type leaderboardWords from './words/en/leaderboard.json';
import type moreWords from './words/en/more.json';
import type pagesWords from './words/en/pages.json';
import type playWords from './words/en/play.json';
import type practiceWords from './words/en/practice.json';
import type sharedWords from './words/en/shared.json';
import type siteWords from './words/en/site.json';
import { directionOf, preferred, type Language } from './languages';

export type Key =
  | keyof typeof sharedWords | keyof typeof playWords | keyof typeof moreWords | keyof typeof consoleWords
  | keyof typeof pagesWords | keyof typeof siteWords | keyof typeof accountWords | keyof typeof practiceWords
  | keyof typeof leaderboardWords;
type Values = Record<string, string | number>;
type Messages = Record<string, string | ((values: Values) => string)>;
const runtime = { number: counted, plural, select };
export type Words = Record<Language, () => Promise<{ default: (from: typeof runtime) => Messages }>>;

let language: Language = 'en';
let messages: Messages = {};
let isRightToLeft = false;

/** Loads a page's words; nothing can be said before. `main.ts` calls it before it mounts the page. */
export async function speak(words: Words, wanted: Language = preferred()): Promise<void> {
  language = wanted;
  isRightToLeft = directionOf(wanted) === 'rtl';
  if (typeof document !== 'undefined') {
    document.documentElement.lang = wanted;
    document.documentElement.dir = directionOf(wanted);
  }
  messages = { ...messages, ...(await words[wanted]()).default(runtime) };
}

export function t(key: Key, values: Values = {}): string {
  const text = messages[key];
  return typeof text === 'function' ? text(isolated(values)) : (text ?? key);
}

/** Whether there are words for it on this page. */
export function isKey(key: string): key is Key {
  return Object.hasOwn(messages, key);
}

/** The language that is spoken, for Intl. */
export function spoken(): Language {
  return language;
}

const written = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/** A name written in the other direction must not turn the sentence around it. */
function isolated(values: Values): Values {
  const pairs = Object.entries(values).map(([key, value]) =>
    typeof value === 'string' && (isRightToLeft || written.test(value)) ? [key, `\u2068${value}\u2069`] : [key, value],
  );
  return Object.fromEntries(pairs);
}

const formats = new Map<string, Intl.NumberFormat>();

export function number(value: number, options: Intl.NumberFormatOptions = {}): string {
  const name = language + JSON.stringify(options);
  const format = formats.get(name) ?? new Intl.NumberFormat(language, options);
  formats.set(name, format);
  return format.format(value);
}

/** `Ada, Bo and Cy`, in this language's direction, whichever way the names are written. */
export function list(items: string[]): string {
  const format = new Intl.ListFormat(language);
  if (!isRightToLeft && !items.some((item) => written.test(item))) return format.format(items);
  const direction = isRightToLeft ? '\u200f' : '\u200e';
  return direction + format.format(items.map((item) => `\u2068${item}\u2069`));
}
