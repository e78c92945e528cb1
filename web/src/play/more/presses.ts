// One finger, mouse, key or switch that goes down and up again, whatever else touches the pad.
import { momentOf } from '../../clock';

export interface Presses {
  down: (moment: number) => void;
  up?: (moment: number) => void;
  /** Whether keys count wherever the focus is. */
  everywhere: () => boolean;
}

const unwanted = ['contextmenu', 'selectstart', 'dragstart', 'gesturestart', 'dblclick', 'touchstart', 'touchmove'];

/** Listens on a pad until the returned function is called. */
export function presses(pad: HTMLElement, { down, up, everywhere }: Presses): () => void {
  /** What is down: a pointer's number, or a key's name. */
  let held: number | string | null = null;
  const listening = new AbortController();
  const on = { signal: listening.signal };

  function press(by: number | string, event: Event): void {
    if (held !== null) return;
    held = by;
    down(momentOf(event));
  }
  function letGo(by: number | string | null, event: Event): void {
    if (held === null || (by !== null && held !== by)) return;
    held = null;
    up?.(momentOf(event));
  }

  pad.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    press(event.pointerId, event);
  }, on);
  for (const name of ['pointerup', 'pointercancel'] as const) {
    addEventListener(name, (event) => letGo(event.pointerId, event), on);
  }
  addEventListener('keydown', (event) => {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    const at = event.target as HTMLElement;
    if (at !== pad && (!everywhere() || at.closest('input, textarea, select, button:not(.pad), a, summary'))) return;
    event.preventDefault();
    if (!event.repeat) press(event.key, event);
  }, on);
  addEventListener('keyup', (event) => letGo(event.key, event), on);
  // A page that is left in mid-press will not see the finger go.
  addEventListener('blur', (event) => letGo(null, event), on);
  document.addEventListener('visibilitychange', (event) => letGo(null, event), on);
  for (const name of unwanted) {
    pad.addEventListener(name, (event) => event.preventDefault(), { passive: false, signal: listening.signal });
  }
  return () => listening.abort();
}
