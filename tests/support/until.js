import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

/** Waits for what comes about by itself and is told to nobody. Gives what `hasCome` gives, once that is true. */
export async function until(what, hasCome) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const come = await hasCome();
    if (come) return come;
    assert.ok(Date.now() < deadline, `${what} in time`);
    await pause(50);
  }
}
