// The page's words, asked for before the page itself is there: a file of its own, see vite.config.ts.
import words from 'virtual:words/play';
import { speak } from '../i18n';

const tryAgainAfter = 1000;

async function say(): Promise<void> {
  for (;;) {
    try {
      await speak(words);
      return;
    } catch {
      // A network that is away for a moment must not leave the page empty.
      await new Promise((resolve) => setTimeout(resolve, tryAgainAfter));
    }
  }
}

/** Nothing can be said before. */
export const spoken = say();
