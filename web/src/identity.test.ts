import { expect, it } from 'vitest';
import { colourOf, colourVar, colours, outlines, shapeOf, shapes } from './identity';

it('every shape can be drawn', () => {
  for (const shape of shapes) expect(outlines[shape].path).toMatch(/^M[\d .a-zA-Z-]+z$/);
});

it('a colour that no server sends never reaches a style', () => {
  expect(colourVar('red;background:url(//evil)')).toBe(`var(--racer-${colourOf(undefined)})`);
  expect(shapeOf('constructor')).toBe('circle');
});

it('all twelve colours stand', () => {
  expect(colours.map(colourOf)).toEqual([...colours]);
});
