// The parts of the phone's page that are loaded when they are needed, and their words.
import type { Component } from 'svelte';
import words from 'virtual:words/more';
import { speak } from '../../i18n';
import type { Part, PartProps } from '../later';

const parts: Record<Part, () => Promise<{ default: Component<PartProps> }>> = {
  door: () => import('./Door.svelte'),
  aside: () => import('./Aside.svelte'),
  me: () => import('./Me.svelte'),
  host: () => import('./Host.svelte'),
  receipt: () => import('./Receipt.svelte'),
  calibrate: () => import('./Calibrate.svelte'),
  hold: () => import('./Hold.svelte'),
  rhythm: () => import('./Rhythm.svelte'),
  sounds: () => import('./Sounds.svelte'),
  account: () => import('./Account.svelte'),
};

export async function load(name: Part): Promise<Component<PartProps>> {
  const [loaded] = await Promise.all([parts[name](), speak(words)]);
  return loaded.default;
}
