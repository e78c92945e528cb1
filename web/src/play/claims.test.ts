import type { Channel } from 'phoenix';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { localNow } from '../clock';
import type { PlayJoined, Rules } from '../wire';
import { Claims } from './claims';
import { Phone } from './phone.svelte';

const sprint: Rules = { mode: 'sprint', taps: 5 };
const timed: Rules = { mode: 'timed', seconds: 5 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
});
afterEach(() => vi.useRealTimers());

function party(rules: Rules, phase: PlayJoined['phase'] = 'running') {
  const phone = new Phone();
  const said: [string, object][] = [];
  const channel = { state: 'joined', push: (event: string, payload: object) => said.push([event, payload]) } as unknown as Channel;
  let up = true;
  const claims = new Claims(phone, () => (up ? channel : null));
  const reply: PlayJoined = {
    racer: { id: 7, name: 'Ada', colour: 'red', shape: 'star', lane: 3 }, seat: 'seat', room: 'K7QF',
    phase, heat: 1, rules, now: localNow(), go_at: localNow(), taps: 0, claimed: 0, in_heat: true, alive: 1000,
  };
  const join = (more: Partial<PlayJoined> = {}) => {
    phone.joined({ ...reply, ...more, now: localNow() }, null);
    claims.joined(1000);
  };
  join();
  return {
    phone, said, join,
    tap: (times = 1) => {
      for (let i = 0; i < times; i++) phone.tap(localNow());
      claims.say();
    },
    say: (atOnce: boolean) => claims.say(atOnce),
    line: (is: boolean) => (up = is),
    change: (phase: PlayJoined['phase'], more: Partial<PlayJoined> = {}) => {
      phone.phaseChanged({ phase, heat: 1, now: localNow(), go_at: reply.go_at ?? null, rules, ...more });
      claims.phaseChanged();
    },
  };
}

describe('a phone that races', () => {
  it('claims as often as it was told last, by its join or by a phase', () => {
    const { tap, said, change, join } = party(timed, 'countdown');
    const claims = (ms: number) => {
      tap();
      const before = said.length;
      for (let passed = 0; passed < ms; passed += 10) {
        tap();
        vi.advanceTimersByTime(10);
      }
      return said.slice(before).filter(([event]) => event === 'tap').length;
    };
    join({ report_every: 100 });
    expect(claims(600)).toBe(6);
    change('running', { report_every: 150 });
    expect(claims(600)).toBe(4);
    change('running');
    expect(claims(600)).toBe(4);
  });

  it('claims at once, then at most every 50 ms, all in one', () => {
    const { tap, said } = party(sprint);
    tap();
    tap();
    tap();
    expect(said).toEqual([['tap', { heat: 1, n: 1, at: 0 }]]);
    vi.advanceTimersByTime(50);
    expect(said[1]).toEqual(['tap', { heat: 1, n: 3, at: 0 }]);
  });

  it('that is put away says at once what it has counted', () => {
    const { tap, say, said } = party(sprint);
    tap();
    tap();
    say(true);
    expect(said.at(-1)).toEqual(['tap', { heat: 1, n: 2, at: 0 }]);
  });

  it('says that it is there when it has nothing else to say', () => {
    const { tap, said } = party(sprint);
    vi.advanceTimersByTime(900);
    expect(said).toEqual([]);
    tap();
    vi.advanceTimersByTime(900);
    expect(said.map(([event]) => event)).toEqual(['tap']);
    vi.advanceTimersByTime(2000);
    expect(said.map(([event]) => event)).toEqual(['tap', 'alive', 'alive']);
  });

  it('keeps nothing for later on a dead line, and says it all on the next', () => {
    const { tap, said, line, join } = party(sprint);
    line(false);
    tap(3);
    vi.advanceTimersByTime(5000);
    expect(said).toEqual([]);
    line(true);
    join();
    expect(said).toEqual([['tap', { heat: 1, n: 3, at: 0 }]]);
  });
});

describe('the last word', () => {
  it('comes with the tap that completes the course, once', () => {
    const { tap, said } = party(sprint);
    tap(5);
    expect(said).toEqual([['tap', { heat: 1, n: 5, at: 0, last: true }]]);
    tap();
    vi.advanceTimersByTime(60);
    expect(said.at(-1)).toEqual(['tap', { heat: 1, n: 6, at: 0 }]);
  });

  it('comes by this phone’s clock at the end of a timed race, without another tap', () => {
    const { tap, said } = party(timed);
    tap(2);
    vi.advanceTimersByTime(4990);
    expect(said.filter(([event]) => event === 'tap')).toHaveLength(1);
    vi.advanceTimersByTime(15);
    expect(said.at(-1)).toEqual(['tap', { heat: 1, n: 2, at: 0, last: true }]);
  });

  it('comes when the race is decided, with what was not yet said', () => {
    const { tap, said, change } = party(sprint);
    tap();
    tap();
    change('finishing');
    expect(said.at(-1)).toEqual(['tap', { heat: 1, n: 2, at: 0, last: true }]);
    change('finishing');
    expect(said).toHaveLength(2);
  });

  it('is said again on a new line, which may lead to a server that has forgotten', () => {
    const { tap, said, join } = party(sprint);
    tap(5);
    join({ taps: 5, claimed: 5 });
    expect(said.map(([, payload]) => payload)).toEqual([
      { heat: 1, n: 5, at: 0, last: true },
      { heat: 1, n: 5, at: 0, last: true },
    ]);
  });

  it('is nobody’s who does not race', () => {
    const { said, change } = party(sprint, 'lobby');
    change('lobby');
    vi.advanceTimersByTime(3000);
    expect(said).toEqual([]);
  });
});
