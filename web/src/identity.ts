// The twelve colours and eight shapes a racer may wear. The server names them; the stylesheet
// (`--racer-<colour>`) gives the colours. A shape always stands beside its colour, so that nobody
// has to tell two hues apart.

export const colours = [
  'red', 'orange', 'yellow', 'lime', 'green', 'teal',
  'cyan', 'blue', 'indigo', 'purple', 'pink', 'brown',
] as const;

export const shapes = [
  'circle', 'square', 'triangle', 'diamond', 'star', 'hexagon', 'heart', 'cross',
] as const;

export type Colour = (typeof colours)[number];
export type Shape = (typeof shapes)[number];

interface Outline {
  /** A path in a box of 100 by 100, drawn with a round stroke of 10 in its own colour. */
  path: string;
  /** How far down the eyes sit. */
  eyes: number;
}

export const outlines: Record<Shape, Outline> = {
  circle: { path: 'M50 9a41 41 0 1 1 0 82a41 41 0 1 1 0-82z', eyes: 43 },
  square: { path: 'M15 15h70v70h-70z', eyes: 42 },
  triangle: { path: 'M50 13 92 87H8z', eyes: 61 },
  diamond: { path: 'M50 7 93 50 50 93 7 50z', eyes: 45 },
  star: { path: 'M50 8 62.5 36.5 93 39.5 70 60 76.5 90.5 50 74.5 23.5 90.5 30 60 7 39.5 37.5 36.5z', eyes: 48 },
  hexagon: { path: 'M50 7 88 28.5v43L50 93 12 71.5v-43z', eyes: 43 },
  heart: {
    path: 'M50 90C18 66 8 50 8 33 8 19 18 11 29 11c9 0 17 5 21 14 4-9 12-14 21-14 11 0 21 8 21 22 0 17-10 33-42 57z',
    eyes: 40,
  },
  cross: { path: 'M35 10h30v25h25v30H65v25H35V65H10V35h25z', eyes: 44 },
};

/** A known colour for whatever was sent: a page never puts a stranger's text into a style. */
export function colourOf(name: string | undefined): Colour {
  return colours.find((colour) => colour === name) ?? 'yellow';
}

export function shapeOf(name: string | undefined): Shape {
  return shapes.find((shape) => shape === name) ?? 'circle';
}

export function colourVar(name: string | undefined): string {
  return `var(--racer-${colourOf(name)})`;
}
