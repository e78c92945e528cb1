// A heat's result as a picture to keep and to send, in the look of the screen it was on.
import { outlines, shapeOf, colourOf } from '../../identity';
import { spoken, t } from '../../i18n';
import { ordinal, sideName } from '../../race';
import type { Row, Summary } from './results';

/** Upright: it is looked at on phones. */
export const pictureSize = { width: 1080, height: 1350 };
const { width, height } = pictureSize;
const margin = 72;

interface Brush {
  context: CanvasRenderingContext2D;
  paint: (token: string) => string;
  display: string;
  text: string;
  /** Where the line begins: the left, or in a right-to-left language the right. */
  x: (at: number) => number;
}

export async function resultPicture(summary: Summary, when: Date): Promise<Blob> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const rightToLeft = document.documentElement.dir === 'rtl';
  context.direction = rightToLeft ? 'rtl' : 'ltr';
  const [display, text] = [token('--display'), token('--text')];
  await Promise.allSettled([document.fonts.load(`60px ${display}`), document.fonts.load(`800 40px ${text}`)]);
  draw({ context, paint: token, display, text, x: (at) => (rightToLeft ? width - at : at) }, summary, when);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png');
  });
}

function draw(brush: Brush, { headline, rules, steps, rows, more }: Summary, when: Date): void {
  backdrop(brush);
  const { context, paint } = brush;
  const date = new Intl.DateTimeFormat(spoken(), { dateStyle: 'long' }).format(when);
  write(brush, 'Tap Racer', margin, 118, { size: 62, colour: paint('--flare'), display: true });
  write(brush, date, width - margin, 112, { size: 32, colour: paint('--chalk-soft'), align: 'end' });

  const lines = wrapped(brush, headline, width - 2 * margin, 2);
  lines.text.forEach((line, i) => {
    write(brush, line, margin, 160 + (i + 1) * lines.size * 1.06, { size: lines.size, colour: paint('--chalk'), display: true });
  });
  const under = 160 + lines.text.length * lines.size * 1.06;
  write(brush, rules, margin, under + 66, { size: 36, colour: paint('--chalk-soft') });

  let y = under + 124;
  if (steps.length > 0) {
    const floor = y + 410;
    podiumOf(brush, steps, floor);
    y = floor + 36;
  }
  const sides = new Set(rows.map(({ side }) => side).filter((side) => side !== null));
  const room = Math.min(60, (height - margin - y - (more > 0 ? 50 : 0)) / Math.max(1, rows.length + sides.size));
  for (const row of rows) {
    // Each team under its name.
    if (row.side && sides.delete(row.side)) {
      write(brush, sideName(row.side), margin, y + room * 0.72, { size: 40, colour: paint(`--team-${row.side}`), display: true });
      y += room;
    }
    rowOf(brush, row, y, room);
    y += room;
  }
  if (more > 0) write(brush, t('finish.more', { n: more }), margin, height - 52, { size: 32, colour: paint('--chalk-soft') });
  context.restore();
}

function backdrop({ context, paint }: Brush): void {
  context.save();
  context.fillStyle = paint('--ink');
  context.fillRect(0, 0, width, height);
  for (const [x, y, radius, colour] of [[200, -80, 1000, '#2a2f66'], [width + 80, height + 80, 900, '#5a1d3c']] as const) {
    const glow = context.createRadialGradient(x, y, 0, x, y, radius);
    glow.addColorStop(0, colour);
    glow.addColorStop(1, `${colour}00`);
    context.fillStyle = glow;
    context.fillRect(0, 0, width, height);
  }
  const square = 18;
  for (let i = 0; i * square < width; i += 1) {
    for (const j of [0, 1]) {
      context.fillStyle = paint((i + j) % 2 === 0 ? '--chalk' : '--ink-deep');
      context.fillRect(i * square, j * square, square, square);
    }
  }
}

interface Lettering {
  size: number;
  colour: string;
  display?: boolean;
  align?: 'start' | 'center' | 'end';
  most?: number;
}

function write(brush: Brush, words: string, at: number, y: number, lettering: Lettering): void {
  const { context } = brush;
  const { size, colour, display = false, align = 'start', most = width } = lettering;
  // The display face has one weight; what it has no letters for is set in the system's bold.
  const weight = /^(?!.*[\p{Script=Latin}\d]).*\p{L}/u.test(words) ? 900 : 400;
  context.font = display ? `${weight} ${size}px ${brush.display}` : `800 ${size}px ${brush.text}`;
  context.fillStyle = colour;
  context.textAlign = align;
  context.textBaseline = 'alphabetic';
  context.fillText(clipped(context, words, most), brush.x(at), y);
}

function clipped(context: CanvasRenderingContext2D, words: string, most: number): string {
  if (context.measureText(words).width <= most) return words;
  const letters = [...words];
  while (letters.length > 1 && context.measureText(`${letters.join('')}…`).width > most) letters.pop();
  // In an isolate of its own, the dots stand where the words end, whatever the line's direction.
  return `\u2068${letters.join('').trimEnd()}…\u2069`;
}

/** As large as it may be in so many lines. */
function wrapped({ context, display }: Brush, words: string, most: number, lines: number): { text: string[]; size: number } {
  for (let size = 104; ; size -= 8) {
    context.font = `${size}px ${display}`;
    const text: string[] = [];
    for (const word of words.split(' ')) {
      const last = text[text.length - 1];
      if (last !== undefined && context.measureText(`${last} ${word}`).width <= most) text[text.length - 1] = `${last} ${word}`;
      else text.push(word);
    }
    if (size <= 56 || (text.length <= lines && text.every((line) => context.measureText(line).width <= most))) {
      return { text: text.slice(0, lines).map((line) => clipped(context, line, most)), size };
    }
  }
}

const racerPaint = ({ paint }: Brush, row: Row): string => paint(`--racer-${colourOf(row.colour)}`);

function face(brush: Brush, row: Row, x: number, y: number, size: number): void {
  const { context } = brush;
  const outline = outlines[shapeOf(row.shape)];
  context.save();
  context.translate(x - size / 2, y - size / 2);
  context.scale(size / 100, size / 100);
  const path = new Path2D(outline.path);
  context.fillStyle = context.strokeStyle = racerPaint(brush, row);
  context.lineWidth = 10;
  context.lineJoin = 'round';
  context.fill(path);
  context.stroke(path);
  for (const eye of [39, 65]) {
    context.fillStyle = '#fff';
    context.beginPath();
    context.ellipse(eye, outline.eyes, 10, 12, 0, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = brush.paint('--ink-deep');
    context.beginPath();
    context.arc(eye + 3.5, outline.eyes + 1, 6, 0, 2 * Math.PI);
    context.fill();
  }
  context.restore();
}

/** Where the steps stand, in thirds of the width: second, first, third. */
const standing = [1, 0, 2];
const tall = [200, 160, 125];

function podiumOf(brush: Brush, steps: Row[], floor: number): void {
  const { context, paint } = brush;
  const step = (width - 2 * margin - 24) / 3;
  steps.forEach((row, i) => {
    const [column = 0, rise = 0] = [standing[i], tall[Math.min(2, row.place - 1)]];
    const middle = margin + step / 2 + column * (step + 12);
    const top = floor - rise;
    context.fillStyle = racerPaint(brush, row);
    context.beginPath();
    context.roundRect(brush.x(middle) - step / 2, top, step, rise, [20, 20, 0, 0]);
    context.fill();
    const ink = paint('--ink-deep');
    const big = row.place === 1;
    write(brush, ordinal(row.place), middle, top + rise / 2 - 8, { size: big ? 72 : 56, colour: ink, display: true, align: 'center' });
    write(brush, row.worth, middle, top + rise / 2 + 42, { size: 36, colour: ink, display: true, align: 'center', most: step - 24 });
    write(brush, row.name, middle, top - 22, { size: 44, colour: paint('--chalk'), display: true, align: 'center', most: step - 8 });
    const size = big ? 150 : 116;
    face(brush, row, brush.x(middle), top - 78 - size / 2, size);
  });
}

function rowOf(brush: Brush, row: Row, y: number, room: number): void {
  const { context, paint } = brush;
  const size = Math.min(38, room * 0.68);
  const base = y + room * 0.5 + size * 0.35;
  if (row.side) {
    context.fillStyle = paint(`--team-${row.side}`);
    context.fillRect(brush.x(margin + 50) - 5, y + 6, 10, room - 12);
  } else {
    write(brush, ordinal(row.place), margin, base, { size, colour: paint('--chalk-soft') });
  }
  face(brush, row, brush.x(margin + 130), y + room / 2, room * 0.72);
  write(brush, row.name, margin + 175, base, { size, colour: paint('--chalk'), most: 470 });
  write(brush, row.worth, width - margin, base, { size, colour: paint('--chalk-soft'), align: 'end' });
}
