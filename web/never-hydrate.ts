// No page of this project is rendered by a server, so none is ever hydrated. Svelte guards all that does so
// by one variable; told that it never changes, the minifier leaves that out. Nothing else is different.
import type { Plugin } from 'vite';

const variable = 'export let hydrating = false;';
const assignment = 'hydrating = value;';

export function neverHydrate(): Plugin {
  return {
    name: 'tap-racer-never-hydrate',
    apply: 'build',
    transform(code, id) {
      if (!/\/svelte\/src\/internal\/client\/dom\/hydration\.js(\?|$)/.test(id)) return;
      // A Svelte that says it otherwise must be looked at anew, or the pages grow without a word.
      if (!code.includes(variable) || !code.includes(assignment)) throw new Error('svelte guards hydration in another way');
      return { code: code.replace(variable, 'export const hydrating = false;').replace(assignment, ''), map: null };
    },
  };
}
