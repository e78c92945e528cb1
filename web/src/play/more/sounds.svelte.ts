// A phone's own sounds: off until somebody wants them, since forty phones in a room are a crowd.
import { keys, lasting } from '../../store';

class Sounds {
  on = $state(lasting.get(keys.phoneSound) === 'on');
  #context: AudioContext | null = null;

  /** By a press, which browsers ask for before they let a page be heard. */
  turn(on: boolean): void {
    this.on = on;
    lasting.set(keys.phoneSound, on ? 'on' : 'off');
    if (on) this.tick(true);
  }

  /** A short tick; a strong one is higher. */
  tick(strong = false): void {
    if (!this.on || document.hidden) return;
    this.#context ??= new AudioContext();
    const context = this.#context;
    if (context.state === 'suspended') void context.resume();
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = strong ? 1320 : 880;
    volume.gain.setValueAtTime(0.25, context.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.08);
    tone.connect(volume).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.09);
  }
}

export const sounds = new Sounds();
