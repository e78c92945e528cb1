import { describe, expect, it } from 'vitest';
import { countdown, Dash, lasts, mostTaps } from './dash.svelte';

const began = 50_000;
const gun = began + countdown;

function running(): Dash {
  const dash = new Dash();
  dash.start(began);
  dash.pass(gun);
  return dash;
}

describe('ten seconds against oneself', () => {
  it('go from rest over the countdown to the end, which is told once', () => {
    const dash = new Dash();
    expect(dash.stage).toBe('rest');
    dash.start(began);
    expect(dash.pass(gun - 1)).toBe(false);
    expect(dash.stage).toBe('countdown');
    dash.pass(gun);
    expect(dash.stage).toBe('running');
    expect(dash.pass(gun + lasts)).toBe(false);
    expect(dash.pass(gun + lasts + 100)).toBe(true);
    expect(dash.stage).toBe('over');
    expect(dash.pass(gun + lasts + 200)).toBe(false);
  });

  it('count taps between the gun and the end alone', () => {
    const dash = new Dash();
    expect(dash.tap(began)).toBe('idle');
    dash.start(began);
    expect(dash.tap(gun - 1)).toBe('early');
    dash.pass(gun);
    expect(dash.tap(gun)).toBe('counted');
    expect(dash.tap(gun + lasts - 1)).toBe('counted');
    expect(dash.tap(gun + lasts)).toBe('over');
    expect([dash.count, dash.early]).toEqual([2, 1]);
  });

  it('count a finger that came down in time, though the page is told after the end', () => {
    const dash = running();
    dash.pass(gun + lasts + 20);
    expect(dash.tap(gun + lasts - 5)).toBe('counted');
  });

  it('hold everybody to the human limit', () => {
    const dash = running();
    for (let at = 0; at < lasts; at += 10) dash.tap(gun + at);
    expect(dash.count).toBeLessThanOrEqual(mostTaps);
    expect(dash.count).toBeGreaterThan(mostTaps - 3);
    expect(dash.refused).toBe(lasts / 10 - dash.count);
    expect(mostTaps).toBe(310);
  });

  it('tell the taps of the last second', () => {
    const dash = running();
    for (let at = 0; at < 2000; at += 100) dash.tap(gun + at);
    expect(dash.rate(gun + 1950)).toBe(10);
    expect(dash.rate(gun + 3500)).toBe(0);
  });

  it('are void when they are abandoned, and begin anew from nothing', () => {
    const dash = running();
    dash.tap(gun + 1);
    dash.abandon();
    expect(dash.stage).toBe('rest');
    expect(dash.pass(gun + lasts + 100)).toBe(false);
    dash.start(began);
    expect(dash.count).toBe(0);
  });
});
