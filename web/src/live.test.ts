import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Live } from './live';

/** A network in which each connection does what the test says: nothing, at first. */
class FakeSocket {
  static made: FakeSocket[] = [];
  readyState = 0;
  bufferedAmount = 0;
  answers = true;
  onopen = () => undefined;
  onclose = (_event: unknown) => undefined;
  onmessage = (_event: unknown) => undefined;
  onerror = (_event: unknown) => undefined;

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }
  open(): void {
    this.readyState = 1;
    this.onopen();
  }
  send(text: string): void {
    const [joinRef, ref, topic] = JSON.parse(text) as unknown[];
    if (this.answers) this.onmessage({ data: JSON.stringify([joinRef, ref, topic, 'phx_reply', { status: 'ok', response: {} }]) });
  }
  close(): void {
    this.readyState = 3;
    this.onclose({ code: 1000 });
  }
}

const last = () => FakeSocket.made[FakeSocket.made.length - 1] as FakeSocket;
let page: EventTarget & { visibilityState: string };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
  FakeSocket.made = [];
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('location', { protocol: 'http:', host: 'race.test' });
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('WebSocket', FakeSocket);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function connected(woke?: () => void): Live {
  const live = new Live(() => undefined, woke);
  last().open();
  vi.advanceTimersByTime(100);
  return live;
}

function wake(): void {
  page.dispatchEvent(new Event('visibilitychange'));
}

describe('a connection that looks open', () => {
  it('is kept when it answers', () => {
    const live = connected();
    wake();
    vi.advanceTimersByTime(10_000);
    expect(FakeSocket.made).toHaveLength(1);
    expect(live.connected).toBe(true);
  });

  it('and says nothing is replaced within a second of waking up', () => {
    connected();
    last().answers = false;
    wake();
    vi.advanceTimersByTime(999);
    expect(FakeSocket.made).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it('is not doubted by a page that is put away', () => {
    connected();
    last().answers = false;
    page.visibilityState = 'hidden';
    wake();
    vi.advanceTimersByTime(5000);
    expect(FakeSocket.made).toHaveLength(1);
  });
});

describe('an opening', () => {
  it('that hangs is tried anew', () => {
    const live = connected();
    last().close();
    vi.advanceTimersByTime(500);
    expect(FakeSocket.made).toHaveLength(2);
    vi.advanceTimersByTime(4000);
    expect(FakeSocket.made).toHaveLength(2);
    vi.advanceTimersByTime(2000);
    expect(FakeSocket.made).toHaveLength(3);
    last().open();
    expect(live.connected).toBe(true);
  });

  it('from before a sleep is not waited for', () => {
    connected();
    last().close();
    vi.advanceTimersByTime(1500);
    wake();
    expect(FakeSocket.made).toHaveLength(3);
  });
});

it('a sleep that no event tells is seen by the clock of the day', () => {
  const woke = vi.fn();
  connected(woke);
  vi.advanceTimersByTime(3000);
  expect(woke).not.toHaveBeenCalled();
  vi.setSystemTime(Date.now() + 60_000);
  vi.advanceTimersByTime(500);
  expect(woke).toHaveBeenCalledOnce();
});

it('who is in a hurry waits no longer than that between two tries', () => {
  const live = connected();
  live.patience = 200;
  last().close();
  for (let tries = 0; tries < 6; tries++) {
    vi.advanceTimersByTime(200);
    last().close();
  }
  expect(FakeSocket.made.length).toBeGreaterThanOrEqual(7);
});

describe('a token', () => {
  const shown = () => new URL(last().url).searchParams.get('token');

  it('is asked for at every connect, and left out where there is none', () => {
    let token: string | undefined = 'one';
    new Live(() => undefined, undefined, () => token);
    expect(shown()).toBe('one');
    token = undefined;
    last().close();
    vi.advanceTimersByTime(500);
    expect(FakeSocket.made).toHaveLength(2);
    expect(shown()).toBeNull();
  });

  it('that was refused leaves nobody to long poll when there is another', () => {
    let token = 'stale';
    const asked: string[] = [];
    vi.stubGlobal('XMLHttpRequest', class {
      open = (_method: string, url: string) => asked.push(url);
      setRequestHeader = () => undefined;
      send = () => undefined;
      abort = () => undefined;
    });
    const live = new Live(() => undefined, undefined, () => token);
    // A refusal shows to a page as a connection that did not come about, which may be the network's fault.
    last().onerror({});
    vi.advanceTimersByTime(10);
    expect(asked.some((url) => url.includes('/longpoll'))).toBe(true);
    token = 'fresh';
    live.renewed();
    vi.advanceTimersByTime(1000);
    expect(FakeSocket.made).toHaveLength(2);
    expect(shown()).toBe('fresh');
  });
});
