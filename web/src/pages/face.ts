// The look of somebody whose colour and shape are known to nobody: the same on every page.
import { type Colour, colours, type Shape, shapes } from '../identity';

export function faceOf(name: string): { colour: Colour; shape: Shape } {
  let hash = 2166136261;
  for (const character of name.normalize('NFKC').toLowerCase()) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619) >>> 0;
  }
  return {
    colour: colours[hash % colours.length] ?? 'yellow',
    shape: shapes[(hash >>> 8) % shapes.length] ?? 'circle',
  };
}
