// Measures each way to the server by itself, with the client that the game uses.
import { LongPoll, Socket, type Channel, type SocketConnectOption } from 'phoenix';
import { Clock, localNow } from '../clock';
import type { ConsoleJoined, QrCode } from '../wire';
import type { Way } from './findings';

const patience = 8_000;
const heartbeats = 20;
const exchanges = 8;

export interface Told {
  way: Way;
  joinUrl: string | null;
  joinQr: QrCode | null;
  /** Null: the server did not say what time it is. */
  clock: { offset: number; error: number } | null;
}

/** Null when it does not open in time. `progress` is told how many of the round trips are done, 0 to 1. */
export async function measure(kind: 'webSocket' | 'longPoll', progress: (part: number) => void): Promise<Told | null> {
  const socket = new Socket('/socket', {
    transport: kind === 'webSocket' ? WebSocket : (LongPoll as unknown as SocketConnectOption['transport']),
    timeout: patience,
    // The first try is the answer.
    reconnectAfterMs: () => 2 * patience,
  } as Partial<SocketConnectOption>);
  try {
    const began = performance.now();
    const isOpen = new Promise<boolean>((resolve) => {
      socket.onOpen(() => resolve(true));
      socket.onError(() => resolve(false));
      socket.onClose(() => resolve(false));
    });
    socket.connect();
    if (!(await inTime(isOpen))) return null;
    const opened = performance.now() - began;
    const roundTrips: number[] = [];
    for (let i = 0; i < heartbeats; i++) {
      const took = await inTime(new Promise<number>((resolve) => socket.ping(resolve)));
      if (took === null) return null;
      roundTrips.push(took);
      progress((i + 1) / heartbeats);
    }
    return { way: { opened, roundTrips }, ...(await houseRoom(socket)) };
  } finally {
    socket.disconnect();
  }
}

/** The house room is always there to tell where phones are sent, and what time it is. */
async function houseRoom(socket: Socket): Promise<Omit<Told, 'way'>> {
  const channel = socket.channel('console', {});
  const reply = await answer<ConsoleJoined>(channel.join(patience));
  if (reply === null) return { joinUrl: null, joinQr: null, clock: null };
  return { joinUrl: reply.join_url, joinQr: reply.join_qr ?? null, clock: await compareClocks(channel) };
}

async function compareClocks(channel: Channel): Promise<Told['clock']> {
  const clock = new Clock();
  for (let i = 0; i < exchanges; i++) {
    const asked = localNow();
    const reply = await answer<{ now: number }>(channel.push('sync', { t0: Math.round(asked) }, patience));
    if (reply === null) return null;
    clock.add({ asked, answered: localNow(), now: reply.now });
  }
  return { offset: clock.offset, error: clock.error };
}

function answer<Reply>(push: ReturnType<Channel['push']>): Promise<Reply | null> {
  return new Promise((resolve) => {
    push
      .receive('ok', (reply: Reply) => resolve(reply))
      .receive('error', () => resolve(null))
      .receive('timeout', () => resolve(null));
  });
}

function inTime<T>(promise: Promise<T>): Promise<T | null> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patience));
  return Promise.race([promise, late]);
}
