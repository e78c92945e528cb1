// How much room names ask for, known before they are drawn: all lanes give them the same.

const wide = /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff01-\uff60]|\p{Extended_Pictographic}/u;

/** About how wide a text is, in units of the size that it is written in. */
export function ems(text: string): number {
  return [...text].reduce((sum, letter) => sum + (wide.test(letter) ? 1.1 : 0.6), 0);
}
