import { describe, expect, it } from 'vitest';
import { localNow } from '../clock';
import type { ConsoleJoined, Racer, Rules } from '../wire';
import { ConsoleRace } from './race.svelte';

const rules: Rules = { mode: 'sprint', taps: 10 };
const racer = (lane: number, more: Partial<Racer> = {}): Racer => ({
  id: lane, name: `Racer ${lane}`, colour: 'red', shape: 'star', lane, taps: 0, connected: true, bot: false, in_heat: true, ...more,
});

const reply: ConsoleJoined = {
  room: 'K7QF', host: true, join_url: 'http://host/play/K7QF', now: localNow(), phase: 'lobby', heat: 0, rules,
  racers: [racer(2), racer(1)],
};

function joined(more: Partial<ConsoleJoined> = {}): ConsoleRace {
  const race = new ConsoleRace();
  race.joined({ ...reply, now: localNow(), ...more });
  return race;
}

describe('a screen', () => {
  it('shows everyone by lane, at once after joining', () => {
    expect(joined().roster.map(({ lane }) => lane)).toEqual([1, 2]);
  });

  it('shows the present state when it joins in mid-race', () => {
    const race = joined({ phase: 'running', heat: 3, go_at: localNow() - 2000, racers: [racer(1, { taps: 6 })] });
    expect(race.track(1)?.taps).toBe(6);
    expect(race.elapsed()).toBeGreaterThanOrEqual(1990);
  });

  it('shows the rules that the host has chosen until the race that has them begins', () => {
    const timed: Rules = { mode: 'timed', seconds: 5 };
    const race = joined();
    expect(race.nextRules).toEqual(rules);
    race.rulesChosen({ rules: timed });
    expect([race.nextRules, race.rules]).toEqual([timed, rules]);
    race.phaseChanged({ phase: 'countdown', heat: 1, now: localNow(), go_at: localNow() + 3000, rules });
    expect(race.nextRules).toEqual(rules);
    expect(joined({ next_rules: timed }).nextRules).toEqual(timed);
  });

  it('takes counts as absolute, so that a lost tick costs nothing', () => {
    const race = joined({ phase: 'running', heat: 1, go_at: localNow() });
    race.tick({ heat: 1, t: 50, lanes: [[1, 1]] });
    race.tick({ heat: 1, t: 250, lanes: [[1, 5], [2, 3]] });
    expect([race.track(1)?.taps, race.track(2)?.taps]).toEqual([5, 3]);
  });

  it('ignores ticks and results of another heat', () => {
    const race = joined({ phase: 'running', heat: 2, go_at: localNow() });
    race.tick({ heat: 1, t: 50, lanes: [[1, 99]] });
    race.finished({ heat: 1, final: true, places: [], winner: null });
    expect(race.track(1)?.taps).toBe(0);
    expect(race.results).toBeNull();
  });

  it('starts each heat from the line', () => {
    const race = joined({ phase: 'running', heat: 1, go_at: localNow() });
    race.tick({ heat: 1, t: 50, lanes: [[1, 4]] });
    race.finished({ heat: 1, final: true, places: [], winner: null });
    race.phaseChanged({ phase: 'countdown', heat: 2, now: localNow(), go_at: localNow() + 3000, rules });
    expect(race.track(1)?.taps ?? 0).toBe(0);
    expect(race.results).toBeNull();
    expect(race.roster.every(({ in_heat }) => in_heat)).toBe(true);
  });

  it('takes final results over provisional ones', () => {
    const race = joined({ phase: 'finishing', heat: 1, go_at: localNow() - 5000 });
    race.finished({ heat: 1, final: false, places: [], winner: 1 });
    race.finished({ heat: 1, final: true, places: [], winner: 2 });
    expect(race.results?.winner).toBe(2);
  });

  it('gives each racer of a tug its team', () => {
    const race = joined();
    race.phaseChanged({
      phase: 'countdown', heat: 1, now: localNow(), go_at: localNow() + 3000, rules: { mode: 'tug', lead: 30 },
      teams: { '1': 'left', '2': 'right' },
    });
    expect(race.roster.map(({ team }) => team)).toEqual(['left', 'right']);
  });

  it('knows who sits out a heat that is not for everybody', () => {
    const race = joined();
    race.phaseChanged({ phase: 'countdown', heat: 1, now: localNow(), go_at: localNow() + 3000, rules, field: [2] });
    expect(race.roster.map(({ in_heat }) => in_heat)).toEqual([false, true]);
    race.phaseChanged({ phase: 'countdown', heat: 2, now: localNow(), go_at: localNow() + 3000, rules });
    expect(race.roster.map(({ in_heat }) => in_heat)).toEqual([true, true]);
  });

  it('holds nothing of the last heat against anybody in the next', () => {
    const race = joined();
    const phase = (heat: number) => race.phaseChanged({ phase: 'countdown', heat, now: localNow(), go_at: localNow(), rules });
    phase(1);
    race.flagged({ id: race.roster[0]!.id, refused: 4, rhythm: true });
    phase(1);
    expect(race.roster[0]).toMatchObject({ refused: 4, flagged: true });
    phase(2);
    expect(race.roster[0]).toMatchObject({ refused: 0, flagged: false });
  });

  it('shows each who knocks once, until they are answered or the door is another', () => {
    const knock = (id: number, name = `Guest ${id}`) => ({ id, name, colour: 'red', shape: 'star' });
    const race = joined({ door: 'approve', knocks: [knock(1)] });
    race.knocked(knock(2));
    race.knocked(knock(1, 'Renamed'));
    expect(race.knocks.map(({ name }) => name)).toEqual(['Renamed', 'Guest 2']);
    race.knockGone({ id: 1 });
    expect(race.knocks.map(({ id }) => id)).toEqual([2]);
    race.roomChanged({ door: 'open', cap: 8, lanes: 4 });
    expect([race.knocks, race.door, race.cap, race.lanes]).toEqual([[], 'open', 8, 4]);
  });

  it('keeps the run to beat through the race, and none for other rules', () => {
    const ghost = { name: 'Ada', colour: 'red', shape: 'star', taps: 10, trace: [[0, 0], [900, 10]] as [number, number][] };
    const race = joined();
    const phase = (phase: 'countdown' | 'running', more = {}) =>
      race.phaseChanged({ phase, heat: 1, now: localNow(), go_at: localNow(), rules, ...more });
    phase('countdown', { ghost });
    phase('running');
    expect(race.ghost).toEqual(ghost);
    phase('countdown');
    expect(race.ghost).toBeNull();
  });
});

describe('a screen before a crowd', () => {
  const many = Array.from({ length: 60 }, (_, i) => racer(i + 1));
  const running = (more: Partial<ConsoleJoined> = {}) =>
    joined({ phase: 'running', heat: 1, go_at: localNow(), rules: { mode: 'timed', seconds: 10 }, racers: many, count: 15_000, ...more });
  const first = (race: ConsoleRace) => race.head.order.slice(0, 2).map(({ lane }) => lane);

  it('knows how many there are, and how many of them race', () => {
    const race = running();
    expect([race.count, race.field]).toEqual([15_000, null]);
    race.crowded({ count: 15_001, connected: 14_000 });
    race.tick({ heat: 1, t: 50, lanes: [], field: 14_990, total: 7, pack: { to: 1, counts: [14_990] } });
    expect([race.count, race.field, race.crowd.total, race.crowd.pack?.counts]).toEqual([15_001, 14_990, 7, [14_990]]);
  });

  it('counts a small room by those who are there', () => {
    const race = joined({ racers: many.slice(0, 51), count: 51 });
    race.crowded({ count: 52, connected: 52 });
    expect(race.count).toBe(52);
    race.joined({ ...reply, racers: many.slice(0, 3), count: 3 });
    race.crowded({ count: 51, connected: 51 });
    expect(race.count).toBe(3);
  });

  it('knows at the gun who stands first, and from every update who leads', () => {
    const race = running();
    expect(first(race)).toEqual([1, 2]);
    race.tick({ heat: 1, t: 50, lanes: [[40, 2], [7, 1]] });
    expect(first(race)).toEqual([40, 7]);
  });

  it('that comes in mid-race counts nobody among the first who sits the heat out', () => {
    const racers = many.map((one) => racer(one.lane, { in_heat: one.lane > 2, taps: one.lane === 9 ? 4 : 0 }));
    expect(first(running({ racers }))).toEqual([9, 3]);
  });

  it('takes a racer it is told of in mid-race as one who was there', () => {
    const race = running();
    race.racerTold(racer(14_000));
    race.tick({ heat: 1, t: 50, lanes: [[14_000, 3]] });
    expect(first(race)[0]).toBe(14_000);
    expect(race.racerIn(14_000)?.name).toBe('Racer 14000');
  });

  it('does not let lead who has left, nor take a lane for its owner of before', () => {
    const race = running();
    race.tick({ heat: 1, t: 50, lanes: [[40, 2]] });
    race.racerLeft({ id: 40, why: 'kicked' });
    expect(first(race)).toEqual([1, 2]);
    expect(race.racerIn(40)).toBeUndefined();
    race.racerTold(racer(30, { id: 'another' }));
    race.racerLeft({ id: 30, why: 'left' });
    expect(race.racerIn(30)?.id).toBe('another');
  });

  it('forgets of each heat who led and how all stood', () => {
    const race = running();
    race.tick({ heat: 1, t: 50, lanes: [[40, 2]], field: 14_990, total: 7 });
    race.phaseChanged({ phase: 'countdown', heat: 2, now: localNow(), go_at: localNow() + 3000, rules });
    expect([first(race), race.field, race.crowd.total]).toEqual([[1, 2], null, 0]);
  });
});
