// People who are logged in in a browser.
import { expect } from '@playwright/test';

import { Client } from './live.js';
import * as player from './player.js';

export { password } from './player.js';

/** What a server needs that is asked for many accounts from one address. */
export const manyAccounts = ['--accounts-per-minute', '0', '--log-ins-per-minute', '0'];

/** Makes an account in a browser's name, without its page. */
export async function signUp(context, server, name) {
  await wear(context, server, await player.signUp(server, name));
}

/** The same browser logged in, or another one of the same person. */
export async function logIn(context, server, name) {
  await wear(context, server, await player.logIn(server, name));
}

async function wear(context, { origin }, { cookie }) {
  const [name, value] = cookie.split('=');
  await context.addCookies([{ name, value, url: origin, httpOnly: true, sameSite: 'Strict' }]);
}

/** A connection without a browser of whoever is logged in there. */
export async function clientOf(context, server) {
  const response = await context.request.get(`${server.origin}/api/session`);
  const { token } = await response.json();
  expect(token, 'somebody is logged in').toBeTruthy();
  return new Client(server.socket, { token });
}

/** A heat of a room without browsers in which one of its seats taps so many times, at a finger's pace. */
export async function heat(host, seat, rules, taps) {
  await host.ask('start', { rules: { countdown: 0, ...rules } });
  const { heat } = await seat.heard('phase', (change) => change.phase === 'running' && !seat.ran?.has(change.heat));
  seat.ran = new Set([...(seat.ran ?? []), heat]);
  // Each tap when it is due: the server believes no clock that runs ahead of its own.
  for (let n = 1; n <= taps; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    seat.say('tap', { heat, n });
  }
  return seat.heard('results', (results) => results.heat === heat && results.final);
}
