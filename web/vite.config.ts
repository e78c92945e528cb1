import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { devRoutes } from './dev-routes.ts';
import { neverHydrate } from './never-hydrate.ts';
import { plainFields } from './plain-fields.ts';
import { words } from './words.ts';

// `npm run dev` serves the pages with hot reload and hands everything else to a running server.
const server = process.env.TAP_RACER ?? 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [svelte(), words(), plainFields(), neverHydrate(), devRoutes()],
  server: {
    proxy: {
      '/api': server,
      '/socket': { target: server, ws: true },
    },
  },
  publicDir: false,
  build: {
    target: ['es2022', 'safari15.4', 'chrome100', 'firefox100'],
    // No chunk that is loaded later needs another that is not there yet.
    modulePreload: false,
    // Fields are set, as an assignment would: nothing here is set up to tell the difference.
    rolldownOptions: { transform: { assumptions: { setPublicClassFields: true } } },
    // A file inlined into the stylesheet would be downloaded by every page, needed or not.
    assetsInlineLimit: 0,
  },
  // The play page is built on its own: in a chunk shared by all pages a phone would download what
  // only the big screen uses.
  builder: {
    async buildApp(builder) {
      const { client, play } = builder.environments;
      if (client) await builder.build(client);
      if (play) await builder.build(play);
    },
  },
  environments: {
    client: {
      build: {
        rolldownOptions: {
          input: {
            index: 'index.html',
            console: 'console.html',
            chat: 'chat.html',
            check: 'check.html',
            account: 'account.html',
            player: 'player.html',
            practice: 'practice.html',
            leaderboard: 'leaderboard.html',
          },
        },
      },
    },
    play: {
      consumer: 'client',
      build: {
        emptyOutDir: false,
        // The size check reads from it which files the page loads.
        manifest: 'play-manifest.json',
        rolldownOptions: {
          input: { play: 'play.html' },
          // Svelte exports all of itself from one file. Where that file is not taken to do anything by
          // being loaded, what only later parts use of it is loaded with them.
          treeshake: { moduleSideEffects: [{ test: /svelte\/src\/internal\/client\//, sideEffects: false }] },
          // Two files: the words' is run as soon as it is there, and asks for those of the browser's
          // language while the page itself is still on its way.
          output: {
            codeSplitting: {
              groups: [
                { name: 'words', test: /src\/play\/words\.ts$/, priority: 2 },
                { name: 'page', test: /src\/play\/main\.ts$/ },
              ],
            },
          },
        },
      },
    },
  },
  test: {
    include: ['src/**/*.test.ts'],
    // What the code says can be tested: in English.
    setupFiles: ['src/i18n/english.ts'],
  },
});
