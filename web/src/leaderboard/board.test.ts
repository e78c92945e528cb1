import { describe, expect, it } from 'vitest';
import { addressOf, shownBy, untilNextDay } from './address';
import { Board, type Entry } from './board.svelte';
import { when } from './when';

const entry = (place: number, name: string, run: number): Entry => ({ place, name, taps: 100, time: 8000, rate: 12.5, at: 0, run });
const joined = (entries: Entry[], me?: Entry) => ({ key: 'sprint-100', rules: { mode: 'sprint' as const, taps: 100 }, entries, of: 90, ...(me && { me }) });

describe('the address', () => {
  it('says which board is shown, and brings it back', () => {
    const shown = { key: 'timed-10-hold', period: 'week' as const };
    expect(shownBy(addressOf(shown))).toEqual(shown);
  });

  it('that says nothing, or nonsense, is that of the first board', () => {
    for (const search of ['', '?rules=..%2F&period=year', '?rules=', '?period']) {
      expect(shownBy(search)).toEqual({ key: 'sprint-100', period: 'all' });
    }
  });
});

describe('a board', () => {
  it('pins the own entry while it lies below what is listed', () => {
    const board = new Board();
    board.own = 'Ada';
    board.joined(joined([entry(1, 'Bo', 1)], entry(61, 'Ada', 7)));
    expect(board.pinned?.place).toBe(61);
    expect(board.changed({ entries: [entry(1, 'Ada', 8), entry(2, 'Bo', 1)], of: 90 })).toBe(false);
    expect(board.pinned).toBeNull();
    expect(board.changed({ entries: [entry(1, 'Bo', 1), entry(2, 'Cy', 9)], of: 91 })).toBe(true);
    board.mine(entry(62, 'Ada', 8));
    expect(board.pinned?.place).toBe(62);
  });

  it('pins nothing for guests', () => {
    const board = new Board();
    board.joined(joined([entry(1, 'Bo', 1)]));
    expect(board.changed({ entries: [], of: 0 })).toBe(false);
    expect(board.pinned).toBeNull();
  });

  it('tells whose runs are new since the last word', () => {
    const board = new Board();
    board.joined(joined([entry(1, 'Bo', 1), entry(2, 'Cy', 2)]));
    expect([...board.fresh]).toEqual([]);
    board.changed({ entries: [entry(1, 'Cy', 3), entry(2, 'Bo', 1)], of: 2 });
    expect([...board.fresh]).toEqual(['Cy']);
  });
});

it('a run is so many minutes or hours old, and then of a day', () => {
  const now = new Date(2026, 6, 15, 12).getTime();
  expect(when(now - 20_000, now)).toBe('just now');
  expect(when(now - 150_000, now)).toBe('2 min. ago');
  expect(when(now - 3 * 3600_000, now)).toBe('3 hr. ago');
  expect(when(now - 30 * 3600_000, now)).toBe('Jul 14');
  expect(when(now - 400 * 24 * 3600_000, now)).toBe('Jun 10, 2025');
});

it('a day turns at midnight of the boards', () => {
  expect(untilNextDay(Date.UTC(2026, 0, 31, 23, 59), 0)).toBe(61_000);
  expect(untilNextDay(Date.UTC(2026, 1, 1), 0)).toBe(24 * 3600 * 1000 + 1000);
  expect(untilNextDay(Date.UTC(2026, 0, 31, 23, 59), 0.5)).toBe(91_000);
});
