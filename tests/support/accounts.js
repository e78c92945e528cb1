// People who are logged in.
import { expect } from '@playwright/test';

import { Client } from './live.js';

export const password = 'correct horse battery';

/** What a server needs that is asked for many accounts from one address. */
export const manyAccounts = ['--accounts-per-minute', '0', '--log-ins-per-minute', '0'];

async function answered(response, status) {
  expect(response.status(), await response.text()).toBe(status);
  return response.json();
}

/** Makes an account in a browser's name, without its page. */
export async function signUp(context, server, name) {
  return answered(await context.request.post(`${server.origin}/api/account`, { data: { name, password } }), 201);
}

/** The same browser logged in, or another one of the same person. */
export async function logIn(context, server, name) {
  return answered(await context.request.post(`${server.origin}/api/session`, { data: { name, password } }), 200);
}

/** A connection without a browser of whoever is logged in there. */
export async function clientOf(context, server) {
  const { token } = await answered(await context.request.get(`${server.origin}/api/session`), 200);
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
