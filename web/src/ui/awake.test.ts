import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stayAwake, type Awake } from './awake';

const vigil = vi.hoisted(() => ({ watch: vi.fn<() => Promise<boolean>>(), rest: vi.fn() }));
vi.mock('./vigil', () => vigil);

class Lock {
  onrelease: (() => void) | null = null;
  released = false;
  release(): Promise<void> {
    this.released = true;
    this.onrelease?.();
    return Promise.resolve();
  }
}

let page: EventTarget & { hidden: boolean };
let said: Awake[];
const hear = (state: Awake) => said.push(state);
const state = () => said[said.length - 1] ?? 'none';
const gesture = () => page.dispatchEvent(new Event('click'));
function look(hidden: boolean): void {
  page.hidden = hidden;
  page.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  said = [];
  page = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal('document', page);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

describe('where the browser has a lock', () => {
  let locks: Lock[];
  const request = vi.fn<() => Promise<Lock>>();
  beforeEach(() => {
    locks = [];
    request.mockImplementation(() => {
      locks.push(new Lock());
      return Promise.resolve(locks[locks.length - 1] as Lock);
    });
    vi.stubGlobal('navigator', { wakeLock: { request } });
  });

  it('holds it until it is let go', async () => {
    const letGo = stayAwake(hear);
    await vi.waitFor(() => expect(state()).toBe('held'));
    letGo();
    expect(locks[0]?.released).toBe(true);
    expect(state()).toBe('none');
    look(false);
    expect(locks).toHaveLength(1);
  });

  it('takes it again when the page is seen again', async () => {
    stayAwake(hear);
    await vi.waitFor(() => expect(state()).toBe('held'));
    page.hidden = true;
    void locks[0]?.release();
    expect(state()).toBe('none');
    look(false);
    await vi.waitFor(() => expect(state()).toBe('held'));
    expect(locks).toHaveLength(2);
  });

  it('asks again in the next gesture when it was refused, and once only', async () => {
    request.mockRejectedValueOnce(new Error('not in a gesture'));
    stayAwake(hear);
    await vi.waitFor(() => expect(request).toHaveBeenCalledTimes(1));
    await Promise.resolve();
    expect(state()).toBe('none');
    gesture();
    await vi.waitFor(() => expect(state()).toBe('held'));
    gesture();
    expect(request).toHaveBeenCalledTimes(2);
  });

  it('keeps no lock that comes when nobody wants it any more', async () => {
    const letGo = stayAwake(hear);
    letGo();
    await vi.waitFor(() => expect(locks[0]?.released).toBe(true));
    expect(said).toEqual([]);
  });
});

describe('where the browser has none', () => {
  beforeEach(() => vi.stubGlobal('navigator', {}));

  it('plays the video from the first gesture on, and says so', async () => {
    vigil.watch.mockResolvedValueOnce(false).mockResolvedValue(true);
    const letGo = stayAwake(hear);
    await vi.waitFor(() => expect(vigil.watch).toHaveBeenCalledTimes(1));
    await Promise.resolve();
    expect(state()).toBe('none');
    gesture();
    await vi.waitFor(() => expect(state()).toBe('fallback'));
    letGo();
    expect(vigil.rest).toHaveBeenCalled();
    expect(state()).toBe('none');
  });

  it('says that a hidden page keeps nothing awake, and plays on when it is seen', async () => {
    vigil.watch.mockResolvedValue(true);
    stayAwake(hear);
    await vi.waitFor(() => expect(state()).toBe('fallback'));
    look(true);
    expect(state()).toBe('none');
    look(false);
    await vi.waitFor(() => expect(state()).toBe('fallback'));
  });
});
