import type { Plugin } from 'vite';

const page = /^\/(console|play|chat|check|account|player|practice|leaderboard)(\/[^/.]*)?\/?(?=\?|$)/;

/** The server's page addresses, for vite's development server: `/play/K7QF` is `play.html`. */
export function devRoutes(): Plugin {
  return {
    name: 'tap-racer-routes',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        request.url = request.url?.replace(page, '/$1.html');
        next();
      });
    },
  };
}
