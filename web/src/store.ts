// Small memories of this browser. Private windows may refuse to remember; nobody should notice.

function quietly<T>(attempt: () => T): T | null {
  try {
    return attempt();
  } catch {
    return null;
  }
}

function memory(area: () => Storage) {
  return {
    get: (key: string): string | null => quietly(() => area().getItem(key)),
    set: (key: string, value: string): void => void quietly(() => area().setItem(key, value)),
    remove: (key: string): void => void quietly(() => area().removeItem(key)),
  };
}

/** Survives the browser. */
export const lasting = memory(() => localStorage);
/** Survives a reload of this tab. */
export const passing = memory(() => sessionStorage);

export const keys = {
  language: 'tap-racer.language',
  name: 'tap-racer.name',
  colour: 'tap-racer.colour',
  shape: 'tap-racer.shape',
  seat: (code: string) => `tap-racer.seat.${code}`,
  host: (code: string) => `tap-racer.host.${code}`,
  /** Who one is in a chat, and whom one does not hear there. */
  me: (room: string) => `tap-racer.me.${room}`,
  ignored: (room: string) => `tap-racer.ignored.${room}`,
  tally: (code: string) => `tap-racer.tally.${code}`,
  /** What a big screen's room hears: `off`, or absent. */
  sound: 'tap-racer.sound',
  /** 0 to 100. */
  volume: 'tap-racer.volume',
  /** By how many milliseconds the television shows late what it is given. */
  tvDelay: 'tap-racer:tv-delay',
};
