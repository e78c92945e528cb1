import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { hint, me, Pass, type Me } from './account';

const ada: Me = { account: { id: 1, name: 'Ada', made: 0 }, token: 'one', expires_in: 600_000 };
let answers: (Me | number | 'away')[];
let asked: number;
let page: EventTarget & { visibilityState: string };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  answers = [];
  asked = 0;
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('fetch', async () => {
    asked += 1;
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === 'away' || answer === undefined) throw new TypeError('fetch failed');
    return typeof answer === 'number' ? new Response('{}', { status: answer }) : new Response(JSON.stringify(answer));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('remembers the name of who is logged in, and forgets it with the session', async () => {
  answers = [ada, { account: null }];
  expect(await me()).toEqual(ada);
  expect(hint.name).toBe('Ada');
  expect(await me()).toEqual({ account: null });
  expect(hint.name).toBeNull();
});

it('takes who cannot ask for a guest, without forgetting who they were', async () => {
  hint.name = 'Ada';
  answers = ['away'];
  expect(await me()).toEqual({ account: null });
  answers = [503];
  expect(await me()).toEqual({ account: null });
  expect(hint.name).toBe('Ada');
});

it('renews a token before it expires', async () => {
  answers = [ada, { ...ada, token: 'two' }];
  const pass = new Pass();
  await Promise.all([pass.renew(), vi.advanceTimersByTimeAsync(0)]);
  expect(pass.token()).toBe('one');
  await vi.advanceTimersByTimeAsync(479_000);
  expect(pass.token()).toBe('one');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(pass.token()).toBe('two');
});

it('renews a token that wore out in its sleep when it wakes', async () => {
  answers = [ada, { ...ada, token: 'two' }];
  const pass = new Pass();
  await Promise.all([pass.renew(), vi.advanceTimersByTimeAsync(0)]);
  // Timers stand still while a machine sleeps, the time of day does not.
  vi.setSystemTime(Date.now() + 500_000);
  page.dispatchEvent(new Event('visibilitychange'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(pass.token()).toBe('two');
});

it('keeps a token while the server is away, and asks once for all who ask', async () => {
  answers = [ada, 'away', { account: null }];
  const told: Me[] = [];
  const pass = new Pass((me) => told.push(me));
  await Promise.all([pass.renew(), vi.advanceTimersByTimeAsync(0)]);
  await Promise.all([pass.renew(), pass.renew(), vi.advanceTimersByTimeAsync(1_000)]);
  expect(asked).toBe(2);
  expect(pass.token()).toBe('one');
  await vi.advanceTimersByTimeAsync(12_000);
  expect(pass.token()).toBeUndefined();
  expect(told).toEqual([ada, { account: null }]);
});

it('goes as a guest with a dropped token, until there is another', async () => {
  answers = [ada, { ...ada, token: 'two' }];
  const pass = new Pass();
  await Promise.all([pass.renew(), vi.advanceTimersByTimeAsync(0)]);
  pass.drop();
  expect(pass.token()).toBeUndefined();
  await Promise.all([pass.renew(), vi.advanceTimersByTimeAsync(1_000)]);
  expect(pass.token()).toBe('two');
});
