// What was found out about a network, and what it means for a race.
import { median } from './statistics';

/** One way to the server: how long it took to open, and the round trips on it, in milliseconds. */
export interface Way {
  opened: number;
  roundTrips: number[];
}

/** Where phones are sent: how far that address leads. */
export type Reach = 'here' | 'adrift' | 'network' | 'internet';

export interface Findings {
  /** Null: it did not open. */
  webSocket: Way | null;
  longPoll: Way | null;
  joinUrl: string | null;
}

export type Grade = 'good' | 'fair' | 'bad';

export interface Verdict {
  grade: Grade;
  says: 'unreachable' | 'address' | 'polling' | 'slow' | 'uneven' | 'ready';
}

// A tap is credited up to 150 ms back, so a round trip below that costs nobody anything. Reconnecting
// and the open finish make up for more, but the screen then lags behind the thumbs.
const goodRoundTrip = 150;
const poorRoundTrip = 400;
const goodWorst = 400;

export function gradeOfWay(way: Way | null): Grade {
  if (way === null || median(way.roundTrips) > poorRoundTrip) return 'bad';
  return median(way.roundTrips) > goodRoundTrip || Math.max(...way.roundTrips) > goodWorst ? 'fair' : 'good';
}

export function verdictOn({ webSocket, longPoll, joinUrl }: Findings): Verdict {
  const way = webSocket ?? longPoll;
  if (way === null) return { grade: 'bad', says: 'unreachable' };
  if (joinUrl !== null && gradeOfReach(reachOf(joinUrl)) === 'bad') return { grade: 'bad', says: 'address' };
  const grade = gradeOfWay(way);
  if (grade === 'bad') return { grade, says: 'slow' };
  if (webSocket === null) return { grade: 'fair', says: 'polling' };
  if (grade === 'fair') return { grade, says: 'uneven' };
  return { grade, says: 'ready' };
}

export function gradeOfReach(reach: Reach): Grade {
  return reach === 'here' || reach === 'adrift' ? 'bad' : 'good';
}

/** Which devices an address can be reached from, as far as the address itself tells. */
export function reachOf(url: string): Reach {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (/^(127\.|0\.0\.0\.0$|::1?$)/.test(host) || /(^|\.)localhost$/.test(host)) return 'here';
  // Given by a machine to itself when no router gave it an address.
  if (/^(169\.254\.|fe[89ab][0-9a-f]:)/.test(host)) return 'adrift';
  const isPrivate = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:)/;
  const isName = !/^[\d.]+$/.test(host) && !host.includes(':');
  if (isPrivate.test(host) || (isName && (!host.includes('.') || host.endsWith('.local')))) return 'network';
  return 'internet';
}
