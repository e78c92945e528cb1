import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sound, type Hearing } from './sound';

const played = { sound: vi.fn() };
let page: EventTarget & { hidden: boolean };
let allowed: boolean;
let contexts: Context[];
let said: Hearing[];

/** As much of an audio context as tells whether it would be heard. */
class Context {
  state = 'suspended';
  currentTime = 7;
  outputLatency = 0.02;
  onstatechange: (() => void) | null = null;
  destination = {};
  constructor() {
    contexts.push(this);
  }
  #enter(state: string): Promise<void> {
    this.state = state;
    this.onstatechange?.();
    return Promise.resolve();
  }
  resume = () => (allowed ? this.#enter('running') : new Promise<void>(() => undefined));
  suspend = () => this.#enter('suspended');
  createGain = () => ({ gain: { value: 1, setTargetAtTime: vi.fn() }, connect: vi.fn() });
  createDynamicsCompressor = () => ({
    threshold: {}, knee: {}, ratio: {}, attack: {}, release: {}, connect: vi.fn(),
  });
}

beforeEach(() => {
  allowed = true;
  contexts = [];
  said = [];
  played.sound.mockReset();
  page = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal('document', page);
  vi.stubGlobal('AudioContext', Context);
});
afterEach(() => vi.unstubAllGlobals());

const made = (): Sound => new Sound((hearing) => said.push(hearing));
function look(hidden: boolean): void {
  page.hidden = hidden;
  page.dispatchEvent(new Event('visibilitychange'));
}

describe('sound', () => {
  it('is on when it is wanted and allowed, and comes at its time less what the output is late', () => {
    const sound = made();
    sound.set(true, 0.5);
    expect(sound.hearing).toBe('on');
    sound.play(played.sound, 100);
    expect(played.sound.mock.calls[0]?.[1]).toBeCloseTo(7.08);
  });

  it('waits for a gesture where the browser wants one, and says so', () => {
    allowed = false;
    const sound = made();
    sound.set(true, 0.5);
    expect(said.at(-1)).toBe('blocked');
    sound.play(played.sound);
    expect(played.sound).not.toHaveBeenCalled();
    allowed = true;
    page.dispatchEvent(new Event('click'));
    expect(said.at(-1)).toBe('on');
  });

  it('makes nothing while muted or at no volume, not even a context', () => {
    const sound = made();
    sound.set(false, 0.5);
    sound.set(true, 0);
    sound.play(played.sound);
    expect([sound.hearing, contexts.length, played.sound.mock.calls.length]).toEqual(['off', 0, 0]);
  });

  it('is silent in a hidden page, and comes back with it', () => {
    const sound = made();
    sound.set(true, 0.5);
    look(true);
    expect(contexts[0]?.state).toBe('suspended');
    sound.play(played.sound);
    expect(played.sound).not.toHaveBeenCalled();
    look(false);
    sound.play(played.sound);
    expect(played.sound).toHaveBeenCalledTimes(1);
  });
});
