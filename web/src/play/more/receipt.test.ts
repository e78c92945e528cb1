import { describe, expect, it } from 'vitest';
import { localNow } from '../../clock';
import { Phone } from '../phone.svelte';
import { receiptOf } from './receipt';

function raced(): Phone {
  const phone = new Phone();
  phone.joined(
    {
      racer: { id: 7, name: 'Ada', colour: 'red', shape: 'star', lane: 3 }, seat: 'seat', room: 'K7QF', phase: 'running', heat: 1,
      rules: { mode: 'sprint', taps: 50 }, now: localNow(), go_at: localNow() - 2000, taps: 0, in_heat: true,
    },
    null,
  );
  for (let i = 0; i < 12; i++) phone.tap(localNow());
  return phone;
}

describe('the receipt', () => {
  it('says of every tap why it did not count', () => {
    const phone = raced();
    phone.you({ heat: 1, taps: 6, refused: 3, false_starts: 1, place: 2, of: 2, final: true, compensated: 40 });
    expect(receiptOf(phone)).toMatchObject({ taps: 6, early: 1, refused: 3, late: 2, compensated: 40, limit: 30 });
    phone.phaseChanged({ phase: 'finishing', heat: 1, now: localNow(), go_at: phone.goAt, rules: phone.rules });
    phone.tap(localNow());
    const receipt = receiptOf(phone);
    expect(receipt.late).toBe(3);
    expect(receipt.taps + receipt.early + receipt.refused + receipt.late, 'every tap is accounted for').toBe(phone.n + 1);
  });

  it('does not call late what was tapped on past the goal', () => {
    const phone = raced();
    for (let i = 0; i < 45; i++) phone.tap(localNow());
    phone.you({ heat: 1, taps: 50, refused: 0, place: 1, of: 2, final: true, time: 8123 });
    expect(receiptOf(phone)).toMatchObject({ taps: 50, late: 0, credited: 8123 });
  });

  it('knows the gun only where the page was there', () => {
    const phone = raced();
    expect(receiptOf(phone).gun).toBeNull();
    phone.clock.add({ asked: 0, answered: 30, now: 15 });
    phone.gunFired(4);
    expect(receiptOf(phone).gun).toEqual({ late: 4, unsure: 15.5, trip: 30 });
  });
});
