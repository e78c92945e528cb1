import { parse, type Token } from '@messageformat/parser';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogs, catalogsOf, compile, languages, read } from '../../words';
import { names } from './languages';

/** What a text is filled with, and whether a number decides its form. */
function values(text: string): string[] {
  const find = (tokens: Token[]): string[] =>
    tokens.flatMap((token) => {
      if (token.type === 'argument' || token.type === 'function') return [token.arg];
      if (token.type === 'content' || token.type === 'octothorpe') return [];
      return [`${token.arg} (${token.type})`, ...token.cases.flatMap((each) => find(each.tokens))];
    });
  return [...new Set(find(parse(text)))].sort();
}

const all = (language: string, catalog: string) =>
  Object.fromEntries(Object.entries(read(language, catalog)).map(([key, text]) => [key, values(text)]));

describe.each(languages.filter((language) => language !== 'en'))('words in %s', (language) => {
  it.each(catalogs)('the %s catalog says what the English one says, with the same values', (catalog) => {
    const plain = (catalog: Record<string, string[]>) =>
      Object.fromEntries(Object.entries(catalog).map(([key, values]) => [key, values.map((value) => value.replace(/ \(.*/, ''))]));
    expect(plain(all(language, catalog))).toEqual(plain(all('en', catalog)));
  });

  it('have the plural forms that the language has', () => {
    for (const catalog of catalogs) expect(() => compile(language, catalog)).not.toThrow();
  });
});

it('every language that can be chosen has words, and the other way round', () => {
  expect(languages).toEqual(Object.keys(names).sort());
});

/** The catalog that a folder's page is said by, where the two are not called the same. */
const page: Record<string, string> = { home: 'site', chat: 'site', check: 'site', player: 'account' };
const source = new URL('../', import.meta.url);
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(svelte|ts)$/.test(file) && !/\.test\.ts$/.test(file))
  .map((file) => {
    const [folder = ''] = file.split('/');
    const catalog = page[folder] ?? folder;
    const own = catalogs.includes(catalog) ? catalogsOf(catalog) : ['shared'];
    const said = file.startsWith('play/more/') ? [...own, 'more'] : own;
    return { file, text: readFileSync(new URL(file, source), 'utf8'), catalogs: said };
  });
const english = Object.fromEntries(catalogs.map((catalog) => [catalog, read('en', catalog)]));
const everyKey = new Set(Object.values(english).flatMap(Object.keys));

describe('a page', () => {
  // A key that no catalog has does not pass the type checker.
  it('says only what is in its own catalogs', () => {
    const strange = files.flatMap(({ file, text, catalogs }) =>
      [...text.matchAll(/(['"])([a-z]+\.[\w.]+)\1/g)]
        .map(([, , key = '']) => key)
        .filter((key) => everyKey.has(key) && !catalogs.some((catalog) => key in (english[catalog] ?? {})))
        .map((key) => `${key} in ${file}`),
    );
    expect(strange).toEqual([]);
  });

  it('gives every text its values', () => {
    const empty = files.flatMap(({ file, text, catalogs }) =>
      [...text.matchAll(/\bt\((['"])(.+?)\1\)/g)]
        .map(([, , key = '']) => key)
        .filter((key) => catalogs.some((catalog) => values(english[catalog]?.[key] ?? '').length > 0))
        .map((key) => `${key} in ${file}`),
    );
    expect(empty).toEqual([]);
  });

  it('says everything that is in the catalogs', () => {
    const isSaid = (key: string) =>
      files.some(({ text }) => [`'${key}'`, `"${key}"`, `\`${key.replace(/[^._]*$/, '')}\${`].some((call) => text.includes(call)));
    expect([...everyKey].filter((key) => !isSaid(key))).toEqual([]);
  });
});
