// A regular beep at given moments of the page's clock.

/** Begins the beeps at these times (`performance.now()`). The returned function ends them. */
export function beep(times: readonly number[]): () => void {
  const Context = window.AudioContext;
  if (!Context) return () => undefined;
  const context = new Context();
  const out = context.createGain();
  out.gain.value = 0.25;
  out.connect(context.destination);
  void context.resume().then(() => {
    // What is heard now was handed over a while ago: that while is the computer's, not the television's.
    const { contextTime = context.currentTime, performanceTime = performance.now() } = context.getOutputTimestamp();
    // Before anything was played the browser knows no such moment.
    const [heard, at] = performanceTime > 0 ? [contextTime, performanceTime] : [context.currentTime, performance.now()];
    for (const time of times) {
      const when = heard + (time - at) / 1000;
      if (when > context.currentTime) one(context, out, when);
    }
  });
  return () => void context.close();
}

function one(context: AudioContext, out: AudioNode, when: number): void {
  const tone = context.createOscillator();
  const shape = context.createGain();
  tone.frequency.value = 880;
  // Sharp at the beginning: that is what one taps to.
  shape.gain.setValueAtTime(0, when);
  shape.gain.linearRampToValueAtTime(1, when + 0.002);
  shape.gain.exponentialRampToValueAtTime(0.001, when + 0.12);
  tone.connect(shape).connect(out);
  tone.start(when);
  tone.stop(when + 0.13);
}
