// This one screen: what its viewers have set for it, kept by the browser, and how it fares. Another
// tab may change what is set: the tap-along test measures the television's delay there.
import { clamp } from '../../race';
import { keys, lasting } from '../../store';
import type { Awake } from '../../ui/awake';
import { Sound, type Hearing } from '../../ui/sound';

const usualVolume = 70;
export const longestTvDelay = 2000;

function kept(key: string, usual: number, high: number): number {
  const text = lasting.get(key);
  const number = text === null || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? clamp(Math.round(number), 0, high) : usual;
}

export class Screen {
  muted = $state(false);
  /** 0 to 100. */
  volume = $state(usualVolume);
  /** Milliseconds by which the television shows late what it is given. */
  tvDelay = $state(0);

  hearing = $state<Hearing>('off');
  awake = $state<Awake>('none');
  #sound: Sound | null = null;

  constructor() {
    this.read();
  }

  read(): void {
    this.muted = lasting.get(keys.sound) === 'off';
    this.volume = kept(keys.volume, usualVolume, 100);
    this.tvDelay = kept(keys.tvDelay, 0, longestTvDelay);
  }

  mute(muted: boolean): void {
    this.muted = muted;
    if (muted) lasting.set(keys.sound, 'off');
    else lasting.remove(keys.sound);
  }

  setVolume(volume: number): void {
    this.volume = clamp(Math.round(volume), 0, 100);
    lasting.set(keys.volume, String(this.volume));
    if (this.volume > 0) this.mute(false);
  }

  setTvDelay(ms: number): void {
    this.tvDelay = clamp(Math.round(ms) || 0, 0, longestTvDelay);
    if (this.tvDelay > 0) lasting.set(keys.tvDelay, String(this.tvDelay));
    else lasting.remove(keys.tvDelay);
  }

  /** The loudspeaker; silent until something is set for it. */
  get sound(): Sound {
    return (this.#sound ??= new Sound((hearing) => (this.hearing = hearing)));
  }
}

export const thisScreen = new Screen();
