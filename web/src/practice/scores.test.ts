import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ranked, Scores, type ScoreJoined } from './scores.svelte';
import { Shelf } from './shelf';

const ada = { id: 1, name: 'Ada', made: 0 };
const nothing: ScoreJoined = { score: null, best: null, top: [], count: 0, place: null, history: [] };
const day = 24 * 3600 * 1000;

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

const values = (scores: Scores) => scores.history.map(([, score]) => score);

function ofAda(reply = nothing): Scores {
  const scores = new Scores();
  scores.signedIn(ada, 0);
  scores.joined(reply);
  return scores;
}

describe('a guest', () => {
  it('finds their results again in the same browser', () => {
    new Scores().made(70, 1);
    const scores = new Scores();
    scores.made(65, 2);
    expect(new Scores().history).toEqual([[1, 70], [2, 65]]);
    expect(scores.best).toBe(70);
    expect(scores.next).toBeNull();
  });

  it('takes what they made today along into their account, as results to hand in', () => {
    const guest = new Scores();
    guest.made(50, 0);
    guest.made(70, day + 1);
    guest.signedIn(ada, 2 * day);
    expect(values(guest)).toEqual([70]);
    expect(guest.next?.score).toBe(70);
    expect(new Scores().history).toEqual([]);
  });
});

describe('a result of an account', () => {
  it('is kept until the server has it, by who comes back as well', () => {
    ofAda().made(80, 1);
    const scores = ofAda();
    const { next } = scores;
    expect(next?.score).toBe(80);
    if (next) scores.stored(next, { best: 80, place: 1, count: 1, at: 5 });
    expect(scores.next).toBeNull();
    expect(scores.history).toEqual([[5, 80]]);
    expect(Shelf.of(ada.id).all).toEqual([]);
  });

  it('counts once, whether its answer or its broadcast comes first', () => {
    for (const answerFirst of [true, false]) {
      const scores = ofAda();
      scores.made(80, 1);
      const { next } = scores;
      const answer = () => next && scores.stored(next, { best: 80, place: 1, count: 1, at: 5 });
      if (answerFirst) answer();
      scores.heard({ name: 'Ada', score: 80, place: 1, count: 1, at: 5 });
      if (!answerFirst) {
        expect(values(scores)).toEqual([80]);
        answer();
      }
      expect(values(scores)).toEqual([80]);
    }
  });

  it('of another page is seen here, and does not pass for one that waits', () => {
    const scores = ofAda({ ...nothing, count: 2, best: 60, history: [[1, 60], [2, 50]] });
    scores.made(80, 3);
    scores.heard({ name: 'Ada', score: 75, place: 3, count: 3, at: 3 });
    expect(values(scores)).toEqual([60, 50, 75, 80]);
    expect(scores.next?.score).toBe(80);
  });

  it('that waits is kept until the server has it, even if another page has scored the same', () => {
    const scores = ofAda();
    scores.made(80, 1);
    scores.heard({ name: 'Ada', score: 80, place: 1, count: 1, at: 5 });
    expect(scores.next?.score).toBe(80);
    expect(Shelf.of(ada.id).all).toHaveLength(1);
    if (scores.next) scores.stored(scores.next, { best: 80, place: 1, count: 2, at: 6 });
    expect(scores.next).toBeNull();
  });

  it('that the server will never take is not handed in for ever', () => {
    const scores = ofAda();
    scores.made(999, 1);
    if (scores.next) scores.refused(scores.next);
    expect(scores.next).toBeNull();
    expect(scores.best).toBe(0);
  });

  it('stays with its account when somebody else logs in', () => {
    const scores = ofAda();
    scores.made(80, 1);
    scores.signedOut();
    expect(scores.history).toEqual([]);
    scores.signedIn({ id: 2, name: 'Bo', made: 0 }, 2);
    expect(scores.next).toBeNull();
    scores.signedIn(ada, 3);
    expect(scores.next?.score).toBe(80);
  });
});

describe('the board', () => {
  it('has everybody once, with their best, in order', () => {
    let top = ranked([], { name: 'Ada', score: 70 });
    top = ranked(top, { name: 'Bo', score: 80 });
    top = ranked(top, { name: 'Cy', score: 70 });
    top = ranked(top, { name: 'Bo', score: 60 });
    top = ranked(top, { name: 'Cy', score: 75 });
    expect(top).toEqual([{ name: 'Bo', score: 80 }, { name: 'Cy', score: 75 }, { name: 'Ada', score: 70 }]);
  });

  it('has ten at most', () => {
    let top: { name: string; score: number }[] = [];
    for (let i = 0; i < 15; i++) top = ranked(top, { name: `${i}`, score: i });
    expect(top.map(({ score }) => score)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
  });

  it('tells the own place when another one passes', () => {
    const scores = ofAda({ ...nothing, best: 70, top: [{ name: 'Ada', score: 70 }] });
    expect(scores.place).toBe(1);
    scores.heard({ name: 'Bo', score: 71, place: 1, count: 1, at: 1 });
    expect(scores.place).toBe(2);
  });
});
