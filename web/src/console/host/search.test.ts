import { describe, expect, it } from 'vitest';
import type { Racer } from '../../wire';
import { found, seen, unseen } from './search';

const racer = (lane: number, name: string, more: Partial<Racer> = {}): Racer => ({
  id: lane, name, colour: 'red', shape: 'star', lane, taps: 0, connected: true, bot: false, ...more,
});
const room = [racer(1, 'Zoë'), racer(2, 'İnci'), racer(3, 'Bo'), racer(12, 'Bob', { refused: 3 }), racer(4, 'Mia', { flagged: true })];
const names = (typed: string) => found(room, typed).map(({ name }) => name);

describe('a host who looks for somebody', () => {
  it('finds names without their accents and case', () => {
    expect(names('ZOE')).toEqual(['Zoë']);
    expect(names('inci')).toEqual(['İnci']);
  });

  it('finds a lane by its number', () => {
    expect(names('12')).toEqual(['Bob']);
  });

  it('sees first those about whom there is something to decide', () => {
    expect(names('')).toEqual(['Mia', 'Bob', 'Zoë', 'İnci', 'Bo']);
    expect(names('bo')).toEqual(['Bob', 'Bo']);
  });
});

describe('what a host has looked at', () => {
  it('is new again only when there is more of it', () => {
    expect(unseen(room, new Map())).toBe(2);
    const before = seen(room);
    expect(unseen(room, before)).toBe(0);
    expect(unseen([racer(12, 'Bob', { refused: 4 }), racer(4, 'Mia', { flagged: true })], before)).toBe(1);
    expect(unseen([racer(12, 'Bob', { refused: 3, flagged: true })], before)).toBe(1);
    expect(unseen([racer(3, 'Bo', { refused: 1 })], before)).toBe(1);
  });
});
