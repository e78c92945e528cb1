// What this screen's viewers have set for it, kept by the browser. Another tab may change it: the
// tap-along test measures the television's delay there.
import { clamp } from '../../race';
import { keys, lasting } from '../../store';
import { Sound, type Hearing } from '../../ui/sound';

const usualVolume = 70;
const longestDelay = 2000;

function kept(key: string, usual: number, high: number): number {
  const text = lasting.get(key);
  const number = text === null || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? clamp(Math.round(number), 0, high) : usual;
}

export class Settings {
  muted = $state(false);
  /** 0 to 100. */
  volume = $state(usualVolume);
  /** Milliseconds by which the television is late. */
  tvDelay = $state(0);

  constructor() {
    this.read();
  }

  read(): void {
    this.muted = lasting.get(keys.sound) === 'off';
    this.volume = kept(keys.volume, usualVolume, 100);
    this.tvDelay = kept(keys.tvDelay, 0, longestDelay);
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
    this.tvDelay = clamp(Math.round(ms) || 0, 0, longestDelay);
    if (this.tvDelay > 0) lasting.set(keys.tvDelay, String(this.tvDelay));
    else lasting.remove(keys.tvDelay);
  }
}

export const settings = new Settings();

/** What this screen lets be heard. */
class Hear {
  hearing = $state<Hearing>('off');
  readonly sound = new Sound((hearing) => (this.hearing = hearing));
}

let hear: Hear | undefined;

/** The screen's one loudspeaker, made when a screen wants it. */
export function loudspeaker(): Hear {
  return (hear ??= new Hear());
}
