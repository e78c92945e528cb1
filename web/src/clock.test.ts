import { describe, expect, it } from 'vitest';
import { Clock } from './clock';

/** A server 5000 ms ahead, reached in `there` and back in `back` milliseconds. */
function exchange(clock: Clock, asked: number, there: number, back: number, ahead = 5000): void {
  clock.add({ asked, answered: asked + there + back, now: Math.floor(asked + there + ahead) });
}

describe('the clock', () => {
  it('takes the middle of the round trip and knows its error', () => {
    const clock = new Clock();
    exchange(clock, 1000, 20, 20);
    expect(clock.offset).toBeCloseTo(5000.5);
    expect(clock.error).toBeCloseTo(20.5);
    expect(clock.roundTrip).toBe(40);
  });

  it('trusts the quickest way there and the quickest way back, also of different exchanges', () => {
    const clock = new Clock();
    exchange(clock, 0, 2, 300);
    exchange(clock, 1000, 250, 3);
    exchange(clock, 2000, 90, 120);
    expect(Math.abs(clock.offset - 5000)).toBeLessThan(1);
    expect(clock.error).toBeLessThan(3.2);
    // The best single exchange would have been wrong by 15.
    expect(clock.roundTrip).toBe(210);
  });

  it('the truth is within the error it names, whatever the route', () => {
    let seed = 7;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 200; round++) {
      const clock = new Clock();
      for (let i = 0; i < 6; i++) exchange(clock, i * 130 + random(), 1 + random() * 80, 1 + random() * 400);
      expect(Math.abs(clock.offset - 5000)).toBeLessThanOrEqual(clock.error);
    }
  });

  it('follows a clock that drifts', () => {
    const clock = new Clock();
    const ahead = (at: number) => 5000 + at * 40e-6;
    for (let at = 0; at <= 600_000; at += 20_000) exchange(clock, at, 5, 5, ahead(at));
    expect(Math.abs(clock.offset - ahead(600_000))).toBeLessThan(2);
  });

  it('lets old exchanges go when the server’s clock has been set', () => {
    const clock = new Clock();
    exchange(clock, 0, 1, 1);
    exchange(clock, 1000, 5, 5, 5050);
    expect(Math.abs(clock.offset - 5050)).toBeLessThan(1);
  });

  it('of several guesses trusts the one that travelled least', () => {
    const clock = new Clock();
    clock.guess(5000, 80);
    clock.guess(6000, 1010);
    clock.guess(7000, 2300);
    expect(clock.at(0)).toBe(4990);
  });

  it('a measured offset is not replaced by a guess, until it is forgotten', () => {
    const clock = new Clock();
    exchange(clock, 0, 5, 5);
    clock.guess(9000, 0);
    expect(clock.offset).toBeCloseTo(5000.5);
    clock.forget();
    expect(clock.offset).toBeCloseTo(5000.5);
    clock.guess(9000, 0);
    expect(clock.offset).toBe(9000);
  });
});
