import { expect, it } from 'vitest';
import { catalogs, read } from '../words';
import { isLasting, sentence } from './reasons';

it('every reason of the protocol has a sentence of its own', () => {
  const reasons = [
    'name is missing', 'name is too long', 'name is not allowed', 'room is full', 'room is locked', 'no such room',
    'banned', 'wrong host token', 'not the host', 'no racers', 'already running', 'no such racer', 'text is missing',
    'text is too long', 'rate limited', 'muted', "You don't have permission!", 'too many rooms',
    'failed', 'too long', 'bad request',
  ];
  for (const reason of reasons) expect(sentence(reason)).not.toBe(sentence(`${reason}?`).replace('?', ''));
  expect(new Set(reasons.map(sentence)).size).toBe(reasons.length);
});

it('bad rules say what is bad', () => {
  expect(sentence('bad rules: taps must be between 1 and 10000')).toBe('These rules do not work: taps must be between 1 and 10000.');
});

it('an unknown reason is shown as it is, as a sentence', () => {
  expect(sentence('the moon is full')).toBe('The moon is full.');
  expect(sentence(undefined)).not.toBe('');
});

it('only what can pass by itself is tried again', () => {
  expect(isLasting('no such room')).toBe(true);
  expect(isLasting('banned')).toBe(true);
  expect(isLasting('rate limited')).toBe(false);
  expect(isLasting('accounts are unavailable')).toBe(false);
  expect(isLasting('failed')).toBe(false);
  expect(isLasting('server is draining')).toBe(false);
  expect(isLasting(undefined)).toBe(false);
});

it('a page has words for every refusal of its joins, or it would knock for ever', () => {
  const refusals = {
    play: ['name is missing', 'name is too long', 'name is not allowed', 'room is full', 'room is locked', 'no such room', 'banned', 'not let in'],
    console: ['wrong host token', 'no such room'],
    site: ['name is missing', 'name is too long', 'name is not allowed', 'no such room', "You don't have permission!"],
  };
  for (const [page, reasons] of Object.entries(refusals)) {
    expect(catalogs).toContain(page);
    const words = { ...read('en', 'shared'), ...read('en', page) };
    expect(reasons.filter((reason) => !(`reason.${reason}` in words))).toEqual([]);
  }
});
