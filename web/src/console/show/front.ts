// How the race stands at its head, for whoever needs nothing more of it.
import { clamp } from '../../race';
import type { ConsoleRace } from '../race.svelte';
import type { Front } from './director';

export function front(race: ConsoleRace): Front {
  const { rules } = race;
  if (rules.mode === 'tug') {
    const pulled = clamp(Math.abs(race.rope) / 1000);
    return { progress: pulled, lead: pulled };
  }
  const [first = 0, second = 0] = race.head.order.map(({ far }) => far);
  if (rules.mode === 'sprint') return { progress: clamp(first), lead: clamp(first - second) };
  return { progress: clamp(race.elapsed() / (rules.seconds * 1000)), lead: clamp((first - second) / Math.max(1, first)) };
}
