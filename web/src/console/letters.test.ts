import { expect, it } from 'vitest';
import { ems } from './letters';

it('a text is as wide as its letters, of which some scripts have wider ones', () => {
  expect(ems('')).toBe(0);
  expect(ems('Christopher')).toBeCloseTo(6.6);
  expect(ems('ألكسندر')).toBeCloseTo(4.2);
  expect(ems('さくら😀')).toBeCloseTo(4.4);
});
