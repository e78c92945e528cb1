import { describe, expect, it } from 'vitest';
import {
  byTaps, chipSize, countdownStep, gap, headline, newest, ordinal, photoFinish, podium,
  progress, raceTime, refusedLine, rulesLine, score, spread, stopwatch,
} from './race';
import type { Place, Racer, Results, Rules } from './wire';

const sprint: Rules = { mode: 'sprint', taps: 100 };
const timed: Rules = { mode: 'timed', seconds: 10 };

function placed(place: number, name: string, more: Partial<Place> = {}): Place {
  return { place, id: name, name, taps: 100, dead_heat: false, ...more };
}

function results(places: Place[], more: Partial<Results> = {}): Results {
  return { heat: 1, final: true, places, winner: places[0]?.id ?? null, outcome: 'won', ...more };
}

describe('words and numbers', () => {
  it('ordinals know their exceptions', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 112].map(ordinal)).toEqual(
      ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '22nd', '101st', '111th', '112th'],
    );
  });

  it('race times show thousandths and carry minutes', () => {
    expect(raceTime(390)).toBe('0.390 s');
    expect(raceTime(10_482)).toBe('10.482 s');
    expect(raceTime(62_250)).toBe('1:02.250');
  });

  it('the stopwatch shows tenths and never runs ahead', () => {
    expect(stopwatch(-50)).toBe('0.0');
    expect(stopwatch(999)).toBe('0.9');
    expect(stopwatch(12_345)).toBe('12.3');
    expect(stopwatch(59_999)).toBe('59.9');
    expect(stopwatch(60_000)).toBe('1:00.0');
  });

  it('gaps are milliseconds below a second', () => {
    expect(gap(37)).toBe('+37 ms');
    expect(gap(1250)).toBe('+1.25 s');
  });

  it('rules read as one line', () => {
    expect(rulesLine(sprint)).toBe('First to 100 taps');
    expect(rulesLine({ mode: 'timed', seconds: 1 })).toBe('Most taps in 1 second');
    expect(rulesLine({ mode: 'tug', lead: 60 })).toContain('60 taps');
  });

  it('a time is told where there is one, taps otherwise', () => {
    expect(score({ taps: 100, time: 9842 }, 'sprint')).toBe('9.842 s');
    expect(score({ taps: 61, time: null }, 'sprint')).toBe('61 taps');
    expect(score({ taps: 61, time: 9990 }, 'timed')).toBe('61 taps');
  });

  it('taps that did not count are said in plain words', () => {
    expect(refusedLine(0, 0, sprint)).toBe('');
    expect(refusedLine(3, 0, sprint)).toBe('3 taps were too fast to count');
    expect(refusedLine(1, 0, sprint)).toBe('1 tap was too fast to count');
    expect(refusedLine(0, 2, sprint)).toBe('2 taps before the gun did not count');
    expect(refusedLine(4, 1, { ...sprint, false_start: 'penalty' })).toContain('cost you the first second');
  });
});

describe('the outcome', () => {
  it('names the winner', () => {
    expect(headline(results([placed(1, 'Ada'), placed(2, 'Bo')]))).toBe('Ada wins!');
  });

  it('says a dead heat to be one', () => {
    const tie = [placed(1, 'Ada', { dead_heat: true }), placed(1, 'Bo', { dead_heat: true }), placed(3, 'Cy')];
    expect(headline(results(tie, { outcome: 'dead_heat', winner: null }))).toBe('Dead heat: Ada and Bo');
  });

  it('keeps a dead heat of many short', () => {
    const tie = ['Ada', 'Bo', 'Cy', 'Di'].map((name) => placed(1, name, { dead_heat: true }));
    expect(headline(results(tie, { outcome: 'dead_heat', winner: null }))).toBe('Dead heat: Ada, Bo, and 2 more');
  });

  it('names the team that won', () => {
    expect(headline(results([placed(1, 'Ada')], { team: 'right' }))).toBe('Right team wins!');
  });

  it.each([
    ['no_taps', 'Nobody tapped'],
    ['abandoned', 'Everybody left the race'],
    ['cancelled', 'Race cancelled'],
  ] as const)('a race that ended with %s has no winner', (outcome, line) => {
    expect(headline(results([placed(1, 'Ada')], { outcome, winner: null }))).toBe(line);
  });

  it('nobody stands on the podium without a tap', () => {
    const { steps, rest } = podium(results([placed(1, 'Ada'), placed(2, 'Bo', { taps: 0 })]));
    expect(steps.map((place) => place.name)).toEqual(['Ada']);
    expect(rest.map((place) => place.name)).toEqual(['Bo']);
  });

  it('a podium has three at most, whoever shares a place', () => {
    const tie = ['Ada', 'Bo', 'Cy', 'Di'].map((name) => placed(1, name));
    expect(podium(results(tie)).steps).toHaveLength(3);
    expect(podium(results(tie)).rest).toHaveLength(1);
  });
});

describe('the photo finish', () => {
  it('lays out those who finished by their margin', () => {
    const { racers, span } = photoFinish(
      results([placed(1, 'Ada', { time: 9000, margin: 0 }), placed(2, 'Bo', { time: 9400, margin: 400 })]),
    );
    expect(span).toBe(400);
    expect(racers.map(({ x }) => x)).toEqual([0, 1]);
  });

  it('a tight finish is not blown up past two tenths of a second', () => {
    const { racers } = photoFinish(
      results([placed(1, 'Ada', { time: 9000, margin: 0 }), placed(2, 'Bo', { time: 9020, margin: 20 })]),
    );
    expect(racers[1]?.x).toBeCloseTo(0.1);
  });

  it('one finisher makes no picture, nor do racers who never finished', () => {
    const one = results([placed(1, 'Ada', { time: 9000, margin: 0 }), placed(2, 'Bo', { taps: 60, time: null, margin: null })]);
    expect(photoFinish(one).racers).toEqual([]);
  });

  it('labels keep their order and their distance, within the strip', () => {
    const labels = spread([0, 0.01, 0.02, 0.97, 1], 0.15);
    labels.slice(1).forEach((x, i) => expect(x - (labels[i] ?? 0)).toBeGreaterThanOrEqual(0.1499));
    expect(labels[labels.length - 1]).toBeLessThanOrEqual(1);
  });
});

describe('the track', () => {
  it('counts down in whole seconds and fires at zero', () => {
    expect([3000, 2999, 2001, 2000, 1, 0, -5].map(countdownStep)).toEqual([3, 3, 3, 2, 1, 'go', 'go']);
  });

  it('a sprint is measured against its goal and ends there', () => {
    expect(progress(sprint, 50, 80, 0)).toBe(0.5);
    expect(progress(sprint, 130, 130, 0)).toBe(1);
  });

  it('the leader of a timed race keeps pace with the clock', () => {
    expect(progress(timed, 40, 40, 5000)).toBe(0.5);
    expect(progress(timed, 20, 40, 5000)).toBe(0.25);
    expect(progress(timed, 0, 0, 5000)).toBe(0);
    expect(progress(timed, 80, 80, 20_000)).toBe(1);
  });

  it('ranks by taps, equals by lane', () => {
    const lanes = [{ taps: 3, lane: 2 }, { taps: 5, lane: 3 }, { taps: 3, lane: 1 }];
    expect(lanes.sort(byTaps).map(({ lane }) => lane)).toEqual([3, 1, 2]);
  });

  it('the newest are those who came last', () => {
    const came = [3, 9, 1, 7, 5].map((id) => ({ id }) as Racer);
    expect(newest(came, 3).map(({ id }) => id)).toEqual([9, 7, 5]);
    expect(newest(came.slice(0, 1), 3).map(({ id }) => id)).toEqual([3]);
  });

  it('chips shrink as the lobby fills', () => {
    const sizes = [1, 5, 30, 50, 51, 300, 400].map(chipSize);
    expect(sizes[0]).toBe(13);
    for (let i = 1; i < 4; i++) expect(sizes[i]).toBeLessThan(sizes[i - 1] ?? 0);
    expect(sizes[6]).toBeGreaterThan(0.9);
  });
});
