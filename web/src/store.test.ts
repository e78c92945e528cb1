import { afterEach, expect, it, vi } from 'vitest';
import { lasting } from './store';

function tab(storage: Partial<Storage> | null) {
  const history = {
    state: null as unknown,
    replaceState(state: unknown) {
      this.state = state;
    },
  };
  vi.stubGlobal('history', history);
  if (storage) vi.stubGlobal('localStorage', storage);
  return history;
}

afterEach(() => vi.unstubAllGlobals());

it('what a browser will not keep for a site, the tab keeps through a reload', () => {
  const refused = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  const history = tab({ getItem: refused, setItem: refused, removeItem: refused });
  lasting.set('seat', 'signed');
  lasting.set('name', 'Ada');
  expect(history.state).toEqual({ seat: 'signed', name: 'Ada' });
  expect(lasting.get('seat')).toBe('signed');
  lasting.remove('seat');
  expect(lasting.get('seat')).toBeNull();
  expect(lasting.get('name')).toBe('Ada');
});

it('a browser without any memory does no harm', () => {
  vi.stubGlobal('history', undefined);
  lasting.set('seat', 'signed');
  expect(lasting.get('seat')).toBeNull();
});

it('what a browser keeps stays out of the history', () => {
  const kept = new Map<string, string>();
  const history = tab({ getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value), removeItem: (key) => void kept.delete(key) });
  lasting.set('seat', 'signed');
  expect(lasting.get('seat')).toBe('signed');
  expect(history.state).toBeNull();
});
