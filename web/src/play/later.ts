// Loads what is not part of the page from the beginning, and does not give up.
import type { Component } from 'svelte';
import { keys, passing } from '../store';
import type { PhoneLink } from './link.svelte';

/** What every part is given. */
export interface PartProps {
  link: PhoneLink;
  close?: (() => void) | undefined;
}

export type Part = 'door' | 'aside' | 'me' | 'host' | 'receipt' | 'calibrate' | 'hold' | 'rhythm' | 'sounds' | 'account';

const tryAgainAfter = 1500;
const triesBeforeReload = 3;

/** A part, as soon as it can be had. */
export async function part(name: Part, isConnected: () => boolean): Promise<Component<PartProps>> {
  for (let tries = 1; ; tries++) {
    try {
      return await (await import('./more')).load(name);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, tryAgainAfter));
      // Browsers may remember the failure, and a new release has new names: a new page knows them,
      // and its seat is kept.
      if (tries < triesBeforeReload || !isConnected() || passing.get(keys.reloaded)) continue;
      passing.set(keys.reloaded, 'once');
      location.reload();
    }
  }
}
