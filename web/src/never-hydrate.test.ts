import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { neverHydrate } from '../never-hydrate';

const file = '/node_modules/svelte/src/internal/client/dom/hydration.js';
const transform = neverHydrate().transform as unknown as (code: string, id: string) => { code: string } | undefined;

it('Svelte as it is installed can be told that it never hydrates', () => {
  const { code } = transform(readFileSync(`.${file}`, 'utf8'), file) ?? { code: '' };
  expect(code).toContain('export const hydrating = false;');
  expect(code).not.toMatch(/hydrating = value/);
});

it('a Svelte that guards hydration otherwise stops the build', () => {
  expect(() => transform('export let is_hydrating = false;', file)).toThrow('in another way');
});

it('no other module is touched', () => {
  expect(transform('export let hydrating = false;', '/src/some.ts')).toBeUndefined();
});
