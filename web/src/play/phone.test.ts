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

  it('pulls for its team', () => {
    const phone = new Phone();
    phone.joined(reply(), null);
    phone.phaseChanged({
      phase: 'countdown', heat: 1, now: localNow(), go_at: localNow() + 3000,
      rules: { mode: 'tug', lead: 30 }, teams: { '3': 'right', '4': 'left' },
    });
    expect(phone.team).toBe('right');
  });
});

it('the start error holds the clock’s own uncertainty', () => {
  const phone = running();
  phone.clock.add({ asked: 0, answered: 20, now: 10 });
  phone.gunFired(7);
  expect(phone.startError).toBe(17);
});
