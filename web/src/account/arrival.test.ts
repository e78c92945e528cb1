import { describe, expect, it } from 'vitest';
import { areFresh, nextOf, seatsOf } from './arrival';

const site = 'https://race.test';

describe('after logging in', () => {
  it('one goes back to where one came from', () => {
    expect(nextOf('?next=/play/K7QF', site)).toBe('https://race.test/play/K7QF');
    expect(nextOf('?next=%2Fleaderboard%3Frules%3Dsprint-100', site)).toBe('https://race.test/leaderboard?rules=sprint-100');
  });

  it('nobody is led to another site', () => {
    const led = (next: string) => nextOf(`?next=${encodeURIComponent(next)}`, site);
    for (const next of ['https://evil.test/', '//evil.test', '/\\evil.test', '/\t/evil.test', 'javascript:alert(1)', 'play', '']) {
      expect(led(next), next).toBeNull();
    }
    // A path that would be an address of its own, if it were followed by itself.
    expect(led('/.//evil.test/')).toBe('https://race.test//evil.test/');
    expect(nextOf('', site)).toBeNull();
  });
});

it('the seats of a device are those of all its rooms, and nothing else', () => {
  const kept = [['tap-racer.seat.K7QF', 'a'], ['tap-racer.name', 'Ada'], ['tap-racer.seat.', 'b'], ['other', 'c']] as const;
  const storage = { length: kept.length, key: (i: number) => kept[i]?.[0] ?? null, getItem: (key: string) => kept.find(([name]) => name === key)?.[1] ?? null };
  expect(seatsOf(storage)).toEqual(['a', 'b']);
});

// With letters whose bytes look different in a token than in plain base64.
const token = (at: number) => `head.${Buffer.from(JSON.stringify({ aud: 'seat', signed_at: at, data: { name: '\u00ff\u00fe?>' } })).toString('base64url')}.signature`;

it('of many seats those come along that were given last, whatever stands first in the store', () => {
  const at = (i: number) => 1_795_132_800_000 + ((i * 37) % 120);
  const storage = { length: 121, key: (i: number) => `tap-racer.seat.${i}`, getItem: (key: string) => (key.endsWith('.120') ? 'no token' : token(at(Number(key.split('.')[2])))) };
  const latest = Array.from({ length: 50 }, (_, i) => token(1_795_132_800_119 - i));
  expect(seatsOf(storage)).toEqual(latest);
});

it('a device promises its races for as long as they can be claimed: a day', () => {
  const now = 1_795_132_800_000;
  const [fresh, old] = [token(now - 86_399_999), token(now - 86_400_000)];
  expect([areFresh([], now), areFresh([old, 'no token'], now), areFresh([old, fresh], now)]).toEqual([false, false, true]);
});
