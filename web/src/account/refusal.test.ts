import { afterEach, expect, it, vi } from 'vitest';
import { request } from './api';
import { refusalLine } from './refusal';

afterEach(() => vi.unstubAllGlobals());

const refused = (headers: Record<string, string>) =>
  vi.stubGlobal('fetch', async () => new Response('{"reason":"rate limited"}', { status: 429, headers }));

it('who has tried too often reads how long to wait', async () => {
  const line = async () => refusalLine((await request('POST', '/api/session', {})) as { reason: string; wait?: number });
  refused({ 'retry-after': '1' });
  expect(await line()).toBe('Too many tries. Try again in 1 second.');
  refused({ 'retry-after': '59' });
  expect(await line()).toBe('Too many tries. Try again in 59 seconds.');
  refused({ 'retry-after': '61' });
  expect(await line()).toBe('Too many tries. Try again in 2 minutes.');
});

it('where nobody says how long, a moment must do', async () => {
  refused({});
  const answer = await request('POST', '/api/session', {});
  expect(answer).toEqual({ ok: false, status: 429, reason: 'rate limited' });
  expect(refusalLine({ reason: 'rate limited' })).toBe('That was too fast. Wait a moment, then try again.');
});
