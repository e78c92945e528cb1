// What a host may order, as the server calls it. Each tells whether it was taken; why not stands on the screen.
import type { Door, Racer, Rules } from '../../wire';

export type BotLevel = 'easy' | 'medium' | 'hard';
export const botLevels: readonly BotLevel[] = ['easy', 'medium', 'hard'];

type Id = Racer['id'];
type Send = (event: string, payload?: object) => Promise<boolean>;

export function ordersOver(send: Send) {
  return {
    start: (rules: Rules) => send('start', { rules }),
    choose: (rules: Rules) => send('rules', { rules }),
    rematch: () => send('rematch'),
    cancel: () => send('cancel'),
    kick: (id: Id) => send('kick', { id }),
    ban: (id: Id) => send('ban', { id }),
    rename: (id: Id, name: string) => send('rename', { id, name }),
    cohost: (id: Id, cohost: boolean) => send('cohost', { id, cohost }),
    door: (door: Door) => send('door', { door }),
    cap: (racers: number) => send('cap', { racers }),
    admit: (id: Id) => send('admit', { id }),
    deny: (id: Id) => send('deny', { id }),
    lanes: (lanes: number) => send('lanes', { lanes }),
    tournament: (on: boolean) => send('tournament', { on }),
    bots: (count: number, level: BotLevel) => send('bots', { count, level }),
    mute: (by: string, muted: boolean) => send('mute', { by, muted }),
    deleteMessage: (id: Id) => send('delete_msg', { id }),
    end: () => send('end'),
  };
}

export type Orders = ReturnType<typeof ordersOver>;
