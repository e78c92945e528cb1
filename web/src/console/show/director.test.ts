import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Results } from '../../wire';
import { Director } from './director';
import * as sounds from './sounds';
import type { Sounded } from './sounds';

let play: ReturnType<typeof vi.fn<(sound: Sounded, inMs?: number) => void>>;
let director: Director;
const heard = () => play.mock.calls.map(([sound]) => sound);
const won = (heat: number): Results => ({ heat, final: true, places: [], winner: 1, outcome: 'won' });
const level = () => ({ progress: 0.5, lead: 0 });
const people = (count: number) => Array.from({ length: count }, (_, i) => ({ id: i + 1, lane: i + 1 }));

beforeEach(() => {
  play = vi.fn();
  director = new Director(play);
});

function countdown(): void {
  for (let left = 3200; left > -200; left -= 10) director.frame(3200 - left, left, level);
}

describe('a race', () => {
  it('is counted down, started, beaten and won', () => {
    director.phase('lobby', 0, null);
    director.phase('countdown', 1, null);
    countdown();
    expect(heard().at(-1)).toBe(sounds.gun);
    expect(play).toHaveBeenCalledTimes(4);
    director.phase('running', 1, null);
    for (let now = 0; now < 3000; now += 10) director.frame(now, -1000 - now, level);
    expect(play.mock.calls.length).toBeGreaterThan(8);
    play.mockClear();
    director.phase('finishing', 1, null);
    director.phase('finishing', 1, { ...won(1), final: false });
    director.phase('finished', 1, won(1));
    director.phase('finished', 1, won(1));
    expect(heard()).toEqual([sounds.atTheLine, sounds.fanfare]);
  });

  it('is drummed while the judges look, and no longer', () => {
    director.phase('finishing', 1, null);
    for (let now = 0; now < 800; now += 10) director.frame(now, -9000 - now, level);
    const strokes = play.mock.calls.length;
    expect(strokes).toBeGreaterThanOrEqual(10);
    expect(new Set(heard())).toEqual(new Set([sounds.rolled]));
    director.phase('finished', 1, null);
    director.frame(900, -9900, level);
    expect(play).toHaveBeenCalledTimes(strokes);
  });

  it('is counted down again in the next heat', () => {
    for (const heat of [1, 2]) {
      director.phase('countdown', heat, null);
      countdown();
      expect(play).toHaveBeenCalledTimes(4 * heat);
    }
  });

  it('that was over before this screen was there is not cheered again', () => {
    director.phase('finished', 3, won(3));
    director.phase('finished', 3, won(3));
    expect(play).not.toHaveBeenCalled();
  });
});

describe('a lobby', () => {
  it('greets whoever comes, but not who was there already', () => {
    director.phase('lobby', 0, null);
    director.roster(people(5), 0);
    expect(play).not.toHaveBeenCalled();
    director.roster(people(6), 100);
    expect(play).toHaveBeenCalledTimes(1);
  });

  it('does not greet forty at once, and nobody in mid-race', () => {
    director.phase('lobby', 0, null);
    director.roster([], 0);
    director.roster(people(40), 100);
    expect(play).toHaveBeenCalledTimes(3);
    director.phase('running', 1, null);
    director.roster(people(41), 5000);
    expect(play).toHaveBeenCalledTimes(3);
  });
});
