// Synthesised sound: tones and noise through one master volume and a limiter. A browser gives none
// before a gesture, and a hidden page makes none.

export interface Tone {
  /** Hertz at the start, and at the end where it glides. */
  from: number;
  to?: number;
  /** Seconds. */
  length: number;
  /** Loudness, 0 to 1, before the master volume. */
  level: number;
  wave?: OscillatorType;
  attack?: number;
}

export interface Noise {
  /** The middle of what is heard of it, in hertz, at the start and at the end. */
  from: number;
  to?: number;
  length: number;
  level: number;
  attack?: number;
}

/** What exponential ramps start from and end at: they cannot reach nothing. */
const silent = 0.0001;

/** A desk that any audio context can have, one that renders to a file too. */
export class Desk {
  readonly context: BaseAudioContext;
  readonly #master: GainNode;
  readonly #in: DynamicsCompressorNode;
  #hiss: AudioBuffer | null = null;

  constructor(context: BaseAudioContext, volume: number) {
    this.context = context;
    this.#master = context.createGain();
    this.#master.gain.value = volume;
    const limiter = (this.#in = context.createDynamicsCompressor());
    limiter.threshold.value = -12;
    limiter.knee.value = 0;
    limiter.ratio.value = 20;
    limiter.attack.value = 0.002;
    limiter.release.value = 0.12;
    limiter.connect(this.#master);
    this.#master.connect(context.destination);
  }

  set volume(volume: number) {
    this.#master.gain.setTargetAtTime(volume, this.context.currentTime, 0.02);
  }

  /** `at` is the context's time in seconds. */
  tone(at: number, { from, to = from, length, level, wave = 'sine', attack = 0.006 }: Tone): void {
    const source = this.context.createOscillator();
    source.type = wave;
    source.frequency.setValueAtTime(from, at);
    if (to !== from) source.frequency.exponentialRampToValueAtTime(to, at + length);
    this.#play(source, source, at, length, level, attack);
  }

  noise(at: number, { from, to = from, length, level, attack = 0.002 }: Noise): void {
    const source = this.context.createBufferSource();
    source.buffer = this.#hiss ??= hiss(this.context);
    source.loop = true;
    const band = this.context.createBiquadFilter();
    band.type = 'bandpass';
    band.Q.value = 0.8;
    band.frequency.setValueAtTime(from, at);
    if (to !== from) band.frequency.exponentialRampToValueAtTime(to, at + length);
    source.connect(band);
    this.#play(source, band, at, length, level, attack);
  }

  #play(source: AudioScheduledSourceNode, last: AudioNode, at: number, length: number, level: number, attack: number): void {
    const shape = this.context.createGain();
    shape.gain.setValueAtTime(silent, at);
    shape.gain.exponentialRampToValueAtTime(level, at + Math.min(attack, length / 2));
    shape.gain.exponentialRampToValueAtTime(silent, at + length);
    last.connect(shape).connect(this.#in);
    source.start(at);
    source.stop(at + length);
    source.onended = () => shape.disconnect();
  }
}

function hiss(context: BaseAudioContext): AudioBuffer {
  const buffer = context.createBuffer(1, context.sampleRate, context.sampleRate);
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < samples.length; i += 1) samples[i] = Math.random() * 2 - 1;
  return buffer;
}

/** `off`: not wanted; `blocked`: the browser waits for a gesture; `on`: it plays. */
export type Hearing = 'off' | 'blocked' | 'on';

/** The page's own desk: there is sound while it is wanted, allowed, and the page is seen. */
export class Sound {
  #context: AudioContext | null = null;
  #desk: Desk | null = null;
  #wanted = false;
  #volume = 1;
  readonly #changed: (hearing: Hearing) => void;

  constructor(changed: (hearing: Hearing) => void) {
    this.#changed = changed;
    document.addEventListener('visibilitychange', () => this.#settle());
    for (const gesture of ['click', 'keydown', 'touchend']) {
      document.addEventListener(gesture, () => this.#settle(), true);
    }
  }

  get hearing(): Hearing {
    if (!this.#wanted) return 'off';
    return this.#context?.state === 'running' ? 'on' : 'blocked';
  }

  set(wanted: boolean, volume: number): void {
    this.#volume = volume;
    this.#wanted = wanted && volume > 0;
    if (this.#desk) this.#desk.volume = volume;
    this.#settle();
  }

  #settle(): void {
    const play = this.#wanted && !document.hidden;
    const tell = () => this.#changed(this.hearing);
    if (play && !this.#context) {
      this.#context = new AudioContext();
      this.#desk = new Desk(this.#context, this.#volume);
      this.#context.onstatechange = tell;
    }
    // Without leave it stays suspended, and the promise may wait for ever.
    const settled = play ? this.#context?.resume() : this.#context?.suspend();
    settled?.then(tell, () => undefined);
    tell();
  }

  /** Plays something that is to be heard in so many milliseconds, if anything is heard now. */
  play(sound: (desk: Desk, at: number) => void, inMs = 0): void {
    const context = this.#context;
    if (!context || !this.#desk || this.hearing !== 'on' || document.hidden) return;
    const late = Number.isFinite(context.outputLatency) ? context.outputLatency : 0;
    sound(this.#desk, Math.max(context.currentTime, context.currentTime + inMs / 1000 - late));
  }
}
