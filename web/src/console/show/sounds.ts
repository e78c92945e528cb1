// The sounds of a race. All are in C, so that any two that meet agree.
import type { Desk, Tone } from '../../ui/sound';

export type Sounded = (desk: Desk, at: number) => void;

/** Hertz of a note so many semitones above the C below middle C. */
const note = (semitones: number): number => 130.81 * 2 ** (semitones / 12);
const scale = [24, 26, 28, 31, 33, 36, 38, 40];
const major = [0, 4, 7];

function chord(desk: Desk, at: number, root: number, tone: Omit<Tone, 'from'>, steps = major): void {
  for (const step of steps) desk.tone(at, { ...tone, from: note(root + step) });
}

/** Somebody came in: each lane has its note. */
export const joined = (lane: number): Sounded => (desk, at) => {
  const pitch = scale[lane % scale.length] ?? 24;
  desk.tone(at, { from: note(pitch), length: 0.12, level: 0.22, wave: 'triangle' });
  desk.tone(at + 0.07, { from: note(pitch + 7), length: 0.22, level: 0.18, wave: 'triangle' });
};

/** So many seconds to the gun. The last three climb, and the last one is a breath drawn in. */
export const counted = (step: number): Sounded => (desk, at) => {
  const near = Math.max(0, 4 - step);
  const pitch = 12 + 2 * near;
  desk.tone(at, { from: note(pitch), length: 0.34, level: 0.42, wave: 'triangle' });
  desk.tone(at, { from: note(pitch - 12), length: 0.3, level: 0.5 });
  desk.tone(at, { from: 90, to: 45, length: 0.22, level: 0.3 + 0.12 * near });
  if (step === 1) {
    desk.noise(at + 0.1, { from: 300, to: 5200, length: 0.88, level: 0.3, attack: 0.8 });
    desk.tone(at + 0.1, { from: note(12), to: note(24), length: 0.88, level: 0.14, wave: 'sawtooth', attack: 0.8 });
  }
};

export const gun: Sounded = (desk, at) => {
  desk.noise(at, { from: 2400, to: 300, length: 0.5, level: 1 });
  desk.tone(at, { from: 170, to: 38, length: 0.5, level: 1 });
  chord(desk, at, 24, { length: 0.7, level: 0.16, wave: 'square' }, [0, 7, 12]);
};

/** One beat of the race; `tension` is 0 at the start and 1 when somebody is about to win. */
export const beat = (tension: number, strong: boolean): Sounded => (desk, at) => {
  desk.tone(at, { from: 105, to: 46, length: 0.16, level: strong ? 0.5 : 0.3 });
  const root = Math.round(tension * 12);
  desk.tone(at, { from: note(root + (strong ? 0 : 7)), length: 0.13, level: 0.1 + 0.06 * tension, wave: 'sawtooth' });
  if (tension > 0.5) desk.noise(at, { from: 7000, length: 0.05, level: 0.16 * tension });
};

/** Somebody crosses the line; in a timed race the whistle for all. */
export const atTheLine: Sounded = (desk, at) => {
  for (const [i, from] of [1046.5, 2093, 3139.5].entries()) desk.tone(at, { from, length: 1.1 / (i + 1), level: 0.3 / (i + 1) });
  desk.noise(at, { from: 5000, to: 900, length: 0.5, level: 0.35 });
};

/** One stroke of the drum roll while the judges look. */
export const rolled: Sounded = (desk, at) => {
  desk.noise(at, { from: 1400, length: 0.09, level: 0.14 });
  desk.tone(at, { from: 180, to: 150, length: 0.07, level: 0.1 });
};

export const fanfare: Sounded = (desk, at) => {
  const brass = { wave: 'sawtooth', attack: 0.02 } as const;
  for (const [i, root] of [12, 12, 12, 16, 12, 19].entries()) {
    const [begin, last] = [i * 0.15, i === 5];
    chord(desk, at + begin, root - (last ? 7 : 0), { ...brass, length: last ? 1.5 : 0.17, level: last ? 0.15 : 0.12 });
  }
  desk.tone(at + 0.75, { from: note(0), length: 1.6, level: 0.4, wave: 'triangle' });
  desk.noise(at + 0.75, { from: 6500, to: 3000, length: 1.7, level: 0.16, attack: 0.01 });
};

/** Nobody alone is first: two notes that will not settle which is the higher. */
export const deadHeat: Sounded = (desk, at) => {
  for (let i = 0; i < 6; i += 1) {
    desk.tone(at + i * 0.16, { from: note(i % 2 ? 26 : 24), length: 0.2, level: 0.24, wave: 'triangle' });
  }
  chord(desk, at + 0.96, 12, { length: 1.4, level: 0.14, wave: 'sawtooth', attack: 0.03 }, [0, 5, 7, 12]);
};

/** A race that nobody won. */
export const nothing: Sounded = (desk, at) => {
  for (const [i, pitch] of [19, 18, 17, 16].entries()) {
    const last = i === 3;
    desk.tone(at + i * 0.26, { from: note(pitch), to: note(pitch - (last ? 2 : 0.3)), length: last ? 0.9 : 0.24, level: 0.24, wave: 'sawtooth', attack: 0.03 });
  }
};

/** `key` counts the cheers, so that no two in a row are the same. */
export const cheered = (key: number): Sounded => (desk, at) => {
  const pitch = scale[(key * 3) % scale.length] ?? 24;
  desk.tone(at, { from: note(pitch - 5), to: note(pitch + 4), length: 0.16, level: 0.16, wave: 'triangle' });
  desk.noise(at, { from: 1800, to: 3200, length: 0.14, level: 0.08, attack: 0.05 });
};
