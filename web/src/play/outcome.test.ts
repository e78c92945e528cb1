import { describe, expect, it } from 'vitest';
import type { Place, Results } from '../wire';
import { outcomeOf } from './outcome';

const own: Place = { place: 2, id: 7, name: 'Ada', taps: 40, dead_heat: false, time: null };
const results: Results = {
  heat: 1, final: true, winner: 9, outcome: 'won', places: [{ ...own, place: 1, id: 9, name: 'Bo', taps: 50, time: 8000 }, own],
};
const known = { results, own, you: null, taps: 0, place: null, of: 2, team: null, isSprint: true };

describe('how it came out', () => {
  it('names the place and who won', () => {
    expect(outcomeOf(known)).toMatchObject({ place: 2, taps: 40, won: false, title: '2nd place!', line: 'Of 2 racers. Bo wins!' });
    expect(outcomeOf({ ...known, own: { ...own, place: 4 } }).title).toBe('4th place');
  });

  it('tells a win, and a shared one', () => {
    expect(outcomeOf({ ...known, own: { ...own, place: 1 } })).toMatchObject({ won: true, title: 'You win!', line: 'Of 2 racers.' });
    expect(outcomeOf({ ...known, own: { ...own, place: 1, dead_heat: true } }).title).toBe('Dead heat: first!');
  });

  it('knows no winner without a tap', () => {
    expect(outcomeOf({ ...known, results: { ...results, outcome: 'no_taps' }, own: { ...own, place: 1, taps: 0 } })).toMatchObject({
      won: false, title: 'Nobody tapped',
    });
  });

  it('of a tug is the team’s', () => {
    const tug = { ...known, results: { ...results, team: 'left' as const }, isSprint: false };
    expect(outcomeOf({ ...tug, team: 'left' })).toMatchObject({ won: true, title: 'Your team wins!', line: '' });
    expect(outcomeOf({ ...tug, team: 'right' })).toMatchObject({ won: false, title: 'Your team lost' });
  });

  it('beyond the listed places is known from the last word to this phone', () => {
    const you = { heat: 1, taps: 31, refused: 0, place: 40, of: 300, final: true };
    expect(outcomeOf({ ...known, own: undefined, you, of: 300 })).toMatchObject({ place: 40, taps: 31, title: '40th place' });
  });
});
