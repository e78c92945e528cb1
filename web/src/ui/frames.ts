// One drawing loop for whoever needs one; it stands still while the page is hidden.

/** Calls back before every frame with the milliseconds since the last one. Returns what ends it. */
export function everyFrame(draw: (dt: number) => void): () => void {
  let last = performance.now();
  let request = requestAnimationFrame(function frame(now) {
    // After a pause the first step is a small one, so that nothing leaps.
    draw(Math.min(100, Math.max(0, now - last)));
    last = now;
    request = requestAnimationFrame(frame);
  });
  return () => cancelAnimationFrame(request);
}

export function calm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
