import { describe, expect, it } from 'vitest';
import { reachOf, verdictOn, type Findings, type Way } from './findings';

const way = (...roundTrips: number[]): Way => ({ opened: 20, roundTrips });
const quick = way(10, 12, 15, 11, 90);
const joinUrl = 'http://192.168.1.5:4000/play';
const says = (findings: Partial<Findings>) => verdictOn({ webSocket: quick, longPoll: quick, joinUrl, ...findings });

describe('the verdict', () => {
  it('is ready where both ways are quick and phones can come', () => {
    expect(says({})).toEqual({ grade: 'good', says: 'ready' });
  });

  it('is not spoiled by a failing second way', () => {
    expect(says({ longPoll: null }).says).toBe('ready');
  });

  it('names a network that lets no WebSocket through', () => {
    expect(says({ webSocket: null })).toEqual({ grade: 'fair', says: 'polling' });
  });

  it('names a server that cannot be reached at all', () => {
    expect(says({ webSocket: null, longPoll: null, joinUrl: null })).toEqual({ grade: 'bad', says: 'unreachable' });
  });

  it('tells slow from uneven', () => {
    expect(says({ webSocket: way(600, 500, 700) }).says).toBe('slow');
    expect(says({ webSocket: way(10, 11, 12, 1200) }).says).toBe('uneven');
    expect(says({ webSocket: way(200, 210, 220) }).says).toBe('uneven');
  });

  it('minds first that no phone can come by its address', () => {
    expect(says({ joinUrl: 'http://localhost:4000/play', webSocket: way(900) })).toEqual({ grade: 'bad', says: 'address' });
  });
});

it.each([
  ['http://localhost:4000/play', 'here'],
  ['http://party.localhost/play', 'here'],
  ['http://127.0.0.1:4000/play', 'here'],
  ['http://[::1]:4000/play', 'here'],
  ['http://169.254.7.7:4000/play', 'adrift'],
  ['http://[fe80::1]:4000/play', 'adrift'],
  ['http://192.168.1.5:4000/play/K7QF', 'network'],
  ['http://10.0.0.9/play', 'network'],
  ['http://172.20.0.2/play', 'network'],
  ['http://100.101.2.3/play', 'network'],
  ['http://[fd00::5]/play', 'network'],
  ['http://mediabox/play', 'network'],
  ['http://mediabox.local:4000/play', 'network'],
  ['http://172.32.0.2/play', 'internet'],
  ['https://race.example.org/play', 'internet'],
] as const)('%s leads %s', (url, reach) => {
  expect(reachOf(url)).toBe(reach);
});
