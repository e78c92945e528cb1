// A party as its guests see it: a big screen, phones, fingers.
import { expect } from '@playwright/test';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';

import { Client } from './live.js';

export const television = { viewport: { width: 1280, height: 720 } };
export const handset = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
};

/** What went wrong in pages without showing. */
let faults = [];

function watched(page) {
  page.on('pageerror', (fault) => faults.push(String(fault)));
  return page;
}

/** The end of a party: pages that stay open would go on drawing through the next test. */
export async function everybodyLeaves(browser) {
  await Promise.all(browser.contexts().map((context) => context.close()));
  const heard = faults;
  faults = [];
  expect(heard, 'no page has thrown').toEqual([]);
}

/** What a camera reads from the code on a screen. */
export async function scan(page) {
  const qr = page.getByTestId('qr');
  await expect(qr).toBeVisible();
  const { data, width, height } = PNG.sync.read(await qr.screenshot());
  const code = jsQR(new Uint8ClampedArray(data), width, height);
  expect(code, 'a camera can read the code on the screen').not.toBeNull();
  return code.data;
}

/** A big screen that has pressed "Host a race". */
export async function hostRace(browser, server) {
  const context = await browser.newContext(television);
  const page = watched(await context.newPage());
  await page.goto(server.origin);
  await page.getByTestId('host-race').click();
  await expect(page).toHaveURL(/\/console\/[A-Z0-9]{4}$/);
  return screenOf(page);
}

/** A big screen on the house room. */
export async function openConsole(browser, url) {
  const context = await browser.newContext(television);
  const page = watched(await context.newPage());
  await page.goto(url);
  return screenOf(page);
}

async function screenOf(page) {
  await expectPhase(page, 'lobby');
  const room = new URL(page.url()).pathname.split('/')[2] ?? '';
  return { page, room, joinUrl: await scan(page) };
}

/** A guest's phone that has scanned the code and given a name. */
export async function join(browser, url, name) {
  return joinIn(await browser.newContext(handset), url, name);
}

/** The same in a context that is there already. */
export async function joinIn(context, url, name) {
  const page = watched(await context.newPage());
  await page.goto(url);
  await page.getByTestId('name').fill(name);
  await page.getByTestId('join').click();
  await expect(page.getByTestId('phase')).toHaveAttribute('data-phase', /./);
  return page;
}

export function expectPhase(page, phase) {
  return expect(page.getByTestId('phase')).toHaveAttribute('data-phase', phase);
}

/** Sets a sprint of so many taps on a screen's controls. */
export async function sprint(page, taps) {
  await page.getByTestId('mode-sprint').click();
  const field = page.getByTestId('sprint-taps');
  await field.fill(String(taps));
  await field.blur();
  await expect(field).toHaveValue(String(taps));
}

/** Taps with a finger, at a pace that a finger has. */
export async function tap(page, times, pauseMs = 45) {
  const pad = await page.getByTestId('pad').boundingBox();
  for (let done = 0; done < times; done += 1) {
    await page.touchscreen.tap(pad.x + pad.width / 2, pad.y + pad.height * 0.6);
    await page.waitForTimeout(pauseMs);
  }
}

/** Waits until the server has counted what the phone shows. */
export async function expectCount(page, taps) {
  await expect(page.getByTestId('count')).toHaveText(String(taps));
  await expect(page.getByTestId('server-count')).toHaveText(new RegExp(`^${taps}\\b`));
}

/** The racers of a screen's lobby or track: name to taps. */
export async function racers(page) {
  const shown = await page
    .getByTestId('racer')
    .evaluateAll((racers) => racers.map(({ dataset }) => [dataset.name, Number(dataset.taps)]));
  return Object.fromEntries(shown);
}

/** The places that a screen shows: name to place and taps. */
export async function places(page) {
  const shown = await page
    .getByTestId('place')
    .evaluateAll((places) =>
      places.map(({ dataset }) => [dataset.name, { place: Number(dataset.place), taps: Number(dataset.taps) }]),
    );
  return Object.fromEntries(shown);
}

/** A guest without a browser, for parties that are larger than what one machine can draw. */
export async function guest(server, room, name) {
  const client = new Client(server.socket);
  const seat = await client.join(room ? `play:${room}` : 'play', { name }).catch(async (refusal) => {
    // The official client goes on trying, and would come in when the door opens.
    await client.close();
    throw refusal;
  });
  return { client, seat };
}
