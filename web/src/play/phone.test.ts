import { describe, expect, it } from 'vitest';
import { localNow } from '../clock';
import type { PlayJoined, Rules } from '../wire';
import { Phone } from './phone.svelte';

const sprint: Rules = { mode: 'sprint', taps: 10 };

function reply(more: Partial<PlayJoined> = {}): PlayJoined {
  return {
    racer: { id: 7, name: 'Ada', colour: 'red', shape: 'star', lane: 3 },
    seat: 'seat', room: 'K7QF', phase: 'lobby', heat: 0, rules: sprint, now: localNow(), taps: 0, ...more,
  };
}

function running(more: Partial<PlayJoined> = {}): Phone {
  const phone = new Phone();
  phone.joined(reply({ phase: 'running', heat: 1, go_at: localNow() - 1000, in_heat: true, ...more }), null);
  return phone;
}

it('what a race was for the account is known until the next one', () => {
  const phone = running({ account: 'Ada' });
  expect(phone.account).toBe('Ada');
  phone.recordedIn({ heat: 7, best: true, stats: { races: 1, wins: 1 } });
  expect(phone.recorded).toBeNull();
  phone.recordedIn({ heat: 1, best: true, stats: { races: 1, wins: 1 } });
  expect(phone.recorded?.best).toBe(true);
  phone.phaseChanged({ phase: 'countdown', heat: 2, now: localNow(), go_at: localNow() + 3000, rules: sprint });
  expect(phone.recorded).toBeNull();
});

describe('taps', () => {
  it('count at once, without an answer', () => {
    const phone = running();
    expect(phone.tap(localNow())).toBe('counted');
    expect(phone.count).toBe(1);
    expect(phone.taps).toBe(0);
  });

  it('in the lobby or after the race are only for fun', () => {
    const phone = new Phone();
    phone.joined(reply(), null);
    expect(phone.tap(localNow())).toBe('idle');
    expect(phone.n).toBe(0);
  });

  it('before the gun are too early and never count', () => {
    const phone = new Phone();
    phone.joined(reply(), null);
    phone.phaseChanged({ phase: 'countdown', heat: 1, now: localNow(), go_at: localNow() + 3000, rules: sprint });
    expect(phone.tap(localNow())).toBe('early');
    expect(phone.count).toBe(0);
    expect(phone.tally.claim(0).at).toBeLessThan(0);
    phone.phaseChanged({ phase: 'running', heat: 1, now: localNow() + 3000, go_at: phone.goAt, rules: sprint });
    phone.you({ heat: 1, taps: 0, refused: 0, false_starts: 1, place: null, of: 2, final: false });
    expect(phone.tap(localNow() + 4000)).toBe('counted');
    expect(phone.count).toBe(1);
  });

  it('of a racer who waits for the next heat do not count', () => {
    expect(running({ in_heat: false }).tap(localNow())).toBe('idle');
  });

  it('stop at the end of a timed race', () => {
    const phone = running({ rules: { mode: 'timed', seconds: 5 }, go_at: localNow() - 5100 });
    expect(phone.tap(localNow())).toBe('over');
    expect(phone.count).toBe(0);
    expect(phone.timeLeft()).toBe(0);
  });

  it('that were refused are taken off again', () => {
    const phone = running();
    for (let i = 0; i < 8; i++) phone.tap(localNow());
    phone.you({ heat: 1, taps: 5, refused: 3, place: 1, of: 2, final: false });
    expect(phone.count).toBe(5);
    expect(phone.count).toBe(phone.taps);
  });

  it('never show more than the goal', () => {
    const phone = running();
    for (let i = 0; i < 14; i++) phone.tap(localNow());
    expect(phone.count).toBe(10);
    expect(phone.finished).toBe(true);
  });
});

describe('a seat', () => {
  it('goes on after a reload with what the tab still knew', () => {
    const goAt = localNow() - 1000;
    const kept = JSON.stringify({ racer: '7', heat: 1, goAt, n: 9 });
    const phone = new Phone();
    phone.joined(reply({ phase: 'running', heat: 1, go_at: goAt, taps: 6, claimed: 7, refused: 1 }), kept);
    expect(phone.n).toBe(9);
    expect(phone.count).toBe(8);
    expect(phone.tally.due(0, 50)).toBe(0);
  });

  it('keeps its own count through a reconnect', () => {
    const phone = running();
    for (let i = 0; i < 5; i++) phone.tap(localNow());
    phone.joined(reply({ phase: 'running', heat: 1, go_at: phone.goAt, taps: 2, claimed: 2 }), null);
    expect(phone.count).toBe(5);
  });

  it('begins each heat at nothing', () => {
    const phone = running();
    phone.tap(localNow());
    phone.phaseChanged({ phase: 'countdown', heat: 2, now: localNow(), go_at: localNow() + 3000, rules: sprint });
    expect([phone.n, phone.taps, phone.refused, phone.started, phone.inHeat]).toEqual([0, 0, 0, false, true]);
  });

  it('ignores words about another heat', () => {
    const phone = running();
    phone.you({ heat: 9, taps: 77, refused: 0, place: 1, of: 1, final: true });
    expect(phone.taps).toBe(0);
    expect(phone.final).toBeNull();
  });

  it('is told its team where there are too many to list, anew for each heat', () => {
    const phone = new Phone();
    phone.joined(reply(), null);
    const tug: Rules = { mode: 'tug', lead: 30 };
    const change = { heat: 1, now: localNow(), go_at: localNow() + 3000, rules: tug };
    phone.phaseChanged({ ...change, phase: 'countdown' });
    expect(phone.team).toBeNull();
    phone.you({ heat: 1, taps: 0, refused: 0, place: null, of: 2000, final: false, team: 'right' });
    phone.phaseChanged({ ...change, phase: 'running' });
    phone.you({ heat: 1, taps: 3, refused: 0, place: 1, of: 2000, final: false });
    expect(phone.team).toBe('right');
    phone.phaseChanged({ ...change, phase: 'countdown', heat: 2 });
    expect(phone.team).toBeNull();
  });

  it('pulls for its team, for as long as there are teams', () => {
    const phone = new Phone();
    phone.joined(reply(), null);
    phone.phaseChanged({
      phase: 'countdown', heat: 1, now: localNow(), go_at: localNow() + 3000,
      rules: { mode: 'tug', lead: 30 }, teams: { '3': 'right', '4': 'left' },
    });
    expect(phone.team).toBe('right');
    phone.phaseChanged({ phase: 'countdown', heat: 2, now: localNow(), go_at: localNow() + 3000, rules: sprint });
    expect(phone.team).toBeNull();
  });
});

describe('the same racer', () => {
  it('of a server that lost its data begins anew, whatever was counted', () => {
    const phone = running();
    for (let i = 0; i < 5; i++) phone.tap(localNow());
    phone.joined(reply({ phase: 'running', heat: 1, go_at: localNow() - 200, taps: 0, claimed: 0, in_heat: true }), phone.remember());
    expect(phone.n).toBe(0);
    expect(phone.tally.due(0, 50)).toBeNull();
  });

  it('finds its count when the server went back to an older state of the same heat', () => {
    const phone = running();
    for (let i = 0; i < 8; i++) phone.tap(localNow());
    phone.tally.claim(0);
    phone.joined(reply({ phase: 'running', heat: 1, go_at: phone.goAt, taps: 3, claimed: 3, in_heat: true }), null);
    expect(phone.n).toBe(8);
    expect(phone.tally.due(0, 50)).toBe(0);
  });

  it('races on when the server comes back from before the finish', () => {
    const phone = running();
    phone.tap(localNow());
    phone.phaseChanged({ phase: 'finishing', heat: 1, now: localNow(), go_at: phone.goAt, rules: sprint });
    phone.resultsIn({ heat: 1, final: false, winner: null, places: [] });
    phone.joined(reply({ phase: 'running', heat: 1, go_at: phone.goAt, taps: 1, claimed: 1, in_heat: true }), null);
    expect(phone.results).toBeNull();
    expect(phone.tap(localNow())).toBe('counted');
    expect(phone.n).toBe(2);
  });

  it('after a reload claims its last tap at the time when it was made', () => {
    const before = running();
    before.tap(localNow());
    const after = new Phone();
    after.joined(reply({ phase: 'running', heat: 1, go_at: before.goAt, taps: 0, claimed: 0, in_heat: true }), before.remember());
    expect(after.tally.claim(0)).toEqual({ heat: 1, n: 1, at: before.tally.at });
  });
});

describe('the end', () => {
  it('of a sprint stops the count when word of it comes, and says how many were too late', () => {
    const phone = running();
    phone.tap(localNow());
    phone.phaseChanged({ phase: 'finishing', heat: 1, now: localNow(), go_at: phone.goAt, rules: sprint });
    expect(phone.tap(localNow())).toBe('over');
    expect([phone.n, phone.late, phone.through()]).toEqual([1, 1, true]);
  });

  it('has come for who completed the course, and for who is out of time', () => {
    const sprinter = running();
    expect(sprinter.through()).toBe(false);
    for (let i = 0; i < 10; i++) sprinter.tap(localNow());
    expect(sprinter.through()).toBe(true);
    expect(running({ rules: { mode: 'timed', seconds: 5 }, go_at: localNow() - 4900 }).through()).toBe(false);
    expect(running({ rules: { mode: 'timed', seconds: 5 }, go_at: localNow() - 5100 }).through()).toBe(true);
    expect(running({ rules: { mode: 'timed', seconds: 5 }, go_at: localNow() - 5100, in_heat: false }).through()).toBe(false);
  });
});

describe('a heat of some', () => {
  const countdown = { phase: 'countdown', heat: 1, now: localNow(), go_at: localNow() + 3000, rules: sprint } as const;

  it('is raced by whose lane is in the field', () => {
    const phone = new Phone();
    phone.joined(reply(), null);
    phone.phaseChanged({ ...countdown, field: [1, 2] });
    expect(phone.racing).toBe(false);
    phone.phaseChanged({ ...countdown, heat: 2, field: [2, 3] });
    expect(phone.racing).toBe(true);
  });
});

describe('a handicap', () => {
  const fair: Rules = { ...sprint, handicap: true };

  it('gives a racer a course of its own, rounded up', () => {
    const phone = new Phone();
    phone.joined(reply({ handicap: 850, next_rules: fair }), null);
    expect(phone.courseOf(fair)).toBe(9);
    expect(phone.courseOf(sprint)).toBeNull();
    phone.phaseChanged({ phase: 'countdown', heat: 1, now: localNow(), go_at: localNow() + 3000, rules: fair });
    expect(phone.goal).toBe(9);
  });

  it('that is measured in mid-race counts from the next', () => {
    const phone = running({ rules: fair, handicap: 1000, course: 10 });
    phone.handicap = 500;
    expect(phone.goal).toBe(10);
  });
});

it('the gun knows how late it fired and how sure the clock was', () => {
  const phone = running();
  phone.clock.add({ asked: 0, answered: 20, now: 10 });
  phone.gunFired(7);
  expect(phone.gun).toEqual({ late: 7, unsure: 10.5 });
});
