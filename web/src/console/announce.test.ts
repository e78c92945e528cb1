import { describe, expect, it } from 'vitest';
import type { Results, Rules } from '../wire';
import { arrivalsOf, stateOf } from './announce';

const rules: Rules = { mode: 'sprint', taps: 20 };
const place = (n: number, name: string) => ({ place: n, id: n, name, taps: 20, time: 4000 + 100 * n, dead_heat: false });
const results: Results = { heat: 1, final: true, winner: 1, outcome: 'won', mode: 'sprint', places: [1, 2, 3, 4].map((n) => place(n, `Racer ${n}`)) };
const told = (phase: Parameters<typeof stateOf>[0]['phase'], given: Results | null = null) =>
  stateOf({ phase, rules, nextRules: { mode: 'timed', seconds: 5 }, results: given, ended: false });

describe('a screen reader hears', () => {
  it('what comes next, and that it begins', () => {
    expect(told('lobby')).toBe('Most taps in 5 seconds');
    expect(told('countdown')).toBe('On your marks. First to 20 taps');
    expect(told('running')).toBe('Go!');
  });

  it('the first three when the places are final, and none before', () => {
    expect(told('finished', { ...results, final: false })).toBe('Photo finish…');
    expect(told('finished', results)).toBe('Racer 1 wins! 1st Racer 1, 4.100 s. 2nd Racer 2, 4.200 s. 3rd Racer 3, 4.300 s.');
  });

  it('that the party is over, whatever was on', () => {
    expect(stateOf({ phase: 'running', rules, nextRules: rules, results: null, ended: true })).toBe('The party is over');
  });

  it('few guests by name and many by number', () => {
    expect(arrivalsOf(['Ada'], 1)).toBe('Ada is here. 1 racer');
    expect(arrivalsOf(['Ada', 'Bo'], 5)).toBe('Ada and Bo are here. 5 racers');
    expect(arrivalsOf(['a', 'b', 'c', 'd'], 40)).toBe('40 racers');
  });
});
