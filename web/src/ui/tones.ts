// The few tones a phone makes.

let context: AudioContext | null = null;

/** Browsers let a page be heard after a press only; who calls for a tone too early is not heard. */
export function tone(frequency: number, lasts = 0.09): void {
  if (document.hidden) return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
  const { currentTime: now, destination } = context;
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = frequency;
  volume.gain.setValueAtTime(0.25, now);
  volume.gain.exponentialRampToValueAtTime(0.001, now + lasts);
  oscillator.connect(volume).connect(destination);
  oscillator.start(now);
  oscillator.stop(now + lasts);
}

export const tick = (strong = false): void => tone(strong ? 1320 : 880);
