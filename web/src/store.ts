// Small memories of this browser. Where it keeps nothing for a site (cookies blocked, some private
// windows), the tab's own history entry does: a reload finds it again.

function quietly<T>(attempt: () => T): T | null {
  try {
    return attempt();
  } catch {
    return null;
  }
}

type Entry = Record<string, string>;

function inHistory(): Entry {
  return quietly(() => history.state as Entry | null) ?? {};
}

function writeHistory(entry: Entry): void {
  quietly(() => history.replaceState(entry, ''));
}

function memory(area: () => Storage) {
  return {
    get: (key: string): string | null => quietly(() => area().getItem(key)) ?? inHistory()[key] ?? null,
    set(key: string, value: string): void {
      const kept = quietly(() => {
        area().setItem(key, value);
        return true;
      });
      if (!kept) writeHistory({ ...inHistory(), [key]: value });
    },
    remove(key: string): void {
      quietly(() => area().removeItem(key));
      const { [key]: gone, ...rest } = inHistory();
      if (gone !== undefined) writeHistory(rest);
    },
  };
}

/** Survives the browser. */
export const lasting = memory(() => localStorage);
/** Survives a reload of this tab. */
export const passing = memory(() => sessionStorage);

export const keys = {
  language: 'tap-racer.language',
  name: 'tap-racer.name',
  /** The account's name, while this browser is logged in. */
  account: 'tap-racer.account',
  /** Why the account page was loaded anew: `out` or `deleted`. */
  saidGoodbye: 'tap-racer.said-goodbye',
  colour: 'tap-racer.colour',
  shape: 'tap-racer.shape',
  phoneSound: 'tap-racer.phone-sound',
  reloaded: 'tap-racer.reloaded',
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
