import type { Channel } from 'phoenix';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Clock, localNow } from './clock';
import { ClockSync } from './sync';

/** A server whose clock is ahead, at round trips that are given. */
class Server {
  asked = 0;
  state = 'joined';
  constructor(readonly ahead: number, readonly roundTrips: number[]) {}
  push = () => {
    const roundTrip = this.roundTrips[this.asked++ % this.roundTrips.length] ?? 0;
    const now = localNow() + roundTrip / 2 + this.ahead;
    return { receive: (_: 'ok', hear: (reply: { now: number }) => void) => void setTimeout(() => hear({ now }), roundTrip) };
  };
}

const page = new EventTarget() as EventTarget & { visibilityState: string };

beforeEach(() => {
  vi.useFakeTimers();
  page.visibilityState = 'visible';
  vi.stubGlobal('document', page);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function measuring(roundTrips: number[]): { clock: Clock; server: Server } {
  const server = new Server(5000, roundTrips);
  const clock = new Clock();
  new ClockSync(clock, () => server as unknown as Channel).measure();
  return { clock, server };
}

describe('a page that measures the server’s clock', () => {
  it('asks several times and keeps the best', async () => {
    const { clock, server } = measuring([300, 80, 20, 120]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.asked).toBe(6);
    expect(Math.round(clock.error / 2)).toBe(5);
    expect(Math.round(clock.offset / 10)).toBe(500);
  });

  it('asks again now and then, but not while nobody looks', async () => {
    const { server } = measuring([10]);
    await vi.advanceTimersByTimeAsync(21_000);
    expect(server.asked).toBe(8);
    page.visibilityState = 'hidden';
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toBe(8);
  });

  it('measures anew when it is looked at again', async () => {
    const { clock, server } = measuring([10]);
    await vi.advanceTimersByTimeAsync(2000);
    page.dispatchEvent(new Event('visibilitychange'));
    expect(clock.error).toBe(Infinity);
    await vi.advanceTimersByTimeAsync(2000);
    expect(server.asked).toBe(12);
    expect(clock.error).toBeLessThan(8);
  });
});
