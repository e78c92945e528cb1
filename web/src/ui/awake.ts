// Keeps the screen on. `navigator.wakeLock` is for pages from https and this machine only; a party's
// server is plain http, and there a small video does it (vigil.ts, loaded only then).

/** `held`: by a lock; `fallback`: by the video; `none`: the screen may go dark. */
export type Awake = 'held' | 'fallback' | 'none';

// What counts as a gesture in all browsers; a lock too may want one (iOS).
const gestures = ['touchend', 'click', 'keydown'];

/** Keeps the screen on, now or from the next gesture, until the returned function is called. */
export function stayAwake(changed: (state: Awake) => void = () => undefined): () => void {
  const locks: WakeLock | undefined = navigator.wakeLock;
  let wanted = true;
  let asking = false;
  let state: Awake = 'none';
  let lock: WakeLockSentinel | undefined;
  let vigil: typeof import('./vigil') | undefined;

  function enter(next: Awake): void {
    if (next !== state && wanted) changed((state = next));
  }

  async function ask(): Promise<void> {
    if (state !== 'none' || asking || document.hidden) return;
    asking = true;
    try {
      if (locks) {
        const got = await locks.request('screen');
        if (!wanted) void got.release();
        else {
          lock = got;
          // Browsers take it back whenever the page is hidden or the battery low.
          got.onrelease = () => enter('none');
          enter('held');
        }
      } else if (vigil && (await vigil.watch())) {
        if (wanted) enter('fallback');
        else vigil.rest();
      }
    } catch {
      // Refused for now: the next gesture or return to the page asks again.
    }
    asking = false;
  }

  function seen(): void {
    // A hidden page's video is paused, and nobody says so.
    if (document.hidden && !locks) enter('none');
    void ask();
  }

  document.addEventListener('visibilitychange', seen);
  for (const gesture of gestures) document.addEventListener(gesture, ask, true);
  void (async () => {
    // Fetched ahead: in a gesture the video must play at once.
    if (!locks) vigil = await import('./vigil').catch(() => undefined);
    void ask();
  })();

  return () => {
    enter('none');
    wanted = false;
    document.removeEventListener('visibilitychange', seen);
    for (const gesture of gestures) document.removeEventListener(gesture, ask, true);
    void lock?.release();
    vigil?.rest();
  };
}
