import { describe, expect, it } from 'vitest';
import { Clock, offsetOf } from './clock';

describe('the clock', () => {
  it('takes the middle of the round trip', () => {
    expect(offsetOf({ asked: 1000, answered: 1040, now: 6020 })).toBe(5000);
  });

  it('keeps the exchange with the shortest round trip and knows its error', () => {
    const clock = new Clock();
    clock.add({ asked: 0, answered: 300, now: 5290 });
    clock.add({ asked: 1000, answered: 1010, now: 6005 });
    clock.add({ asked: 2000, answered: 2200, now: 7190 });
    expect(clock.offset).toBe(5000);
    expect(clock.error).toBe(5);
  });

  it('lets old exchanges go', () => {
    const clock = new Clock();
    clock.add({ asked: 0, answered: 2, now: 5001 });
    for (let i = 1; i <= 12; i++) clock.add({ asked: i * 1000, answered: i * 1000 + 10, now: i * 1000 + 5055 });
    expect(clock.offset).toBe(5050);
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
    clock.add({ asked: 0, answered: 10, now: 5005 });
    clock.guess(9000, 0);
    expect(clock.offset).toBe(5000);
    clock.forget();
    expect(clock.offset).toBe(5000);
    clock.guess(9000, 0);
    expect(clock.offset).toBe(9000);
  });
});
