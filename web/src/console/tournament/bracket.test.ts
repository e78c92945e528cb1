import { describe, expect, it } from 'vitest';
import type { Group, Tournament } from '../../wire';
import { championsOf, groupUp, isOver, layCards, roundKind, roundsOf } from './bracket';

const group = (round: number, heat: number, done: boolean): Group => ({ round, heat, done, racers: [] });
const tournament: Tournament = {
  round: 2, rounds: 3, heat_of_round: 2, heats_in_round: 2, lanes: 8,
  groups: [group(1, 1, true), group(1, 2, true), group(2, 1, true), group(2, 2, false)],
};

describe('a bracket', () => {
  it('has a column for each round, drawn or not', () => {
    expect(roundsOf(tournament).map(({ state, groups }) => [state, groups.length])).toEqual([['past', 2], ['now', 2], ['next', 0]]);
  });

  it('shows a round as decided when its last heat is', () => {
    const decided = { ...tournament, groups: tournament.groups.map((group) => ({ ...group, done: true })) };
    expect(roundsOf(decided)[1]?.state).toBe('past');
  });

  it('knows who is up', () => {
    expect(groupUp(tournament)).toMatchObject({ round: 2, heat: 2 });
    expect(groupUp({ ...tournament, heat_of_round: 1 })).toBeUndefined();
  });

  it('is over with its champions, or with nobody left', () => {
    const ada = { id: 1, name: 'Ada', colour: 'red', shape: 'star' };
    const bo = { id: 2, name: 'Bo', colour: 'blue', shape: 'heart' };
    expect([isOver(tournament), championsOf(tournament)]).toEqual([false, []]);
    expect(isOver({ ...tournament, over: true, champions: [] })).toBe(true);
    expect(championsOf({ ...tournament, over: true, champion: ada, champions: [ada, bo] })).toEqual([ada, bo]);
  });

  it('calls the last two rounds by name', () => {
    expect([1, 2, 3].map((round) => roundKind(round, 3))).toEqual(['round', 'semi', 'final']);
    expect(roundKind(1, 1)).toBe('final');
  });

  it('lays few cards side by side in a wide box and on top of each other in a tall one', () => {
    expect(layCards(3, 8, 1600, 700).columns).toBe(3);
    expect(layCards(3, 8, 300, 1400).columns).toBe(1);
  });

  it('gives thirteen groups of eight letters that can be read on a television', () => {
    expect(layCards(13, 8, 1300, 760).letter).toBeGreaterThan(16);
  });
});
