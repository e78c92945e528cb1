// Room codes and the addresses that follow from them.

/** Codes are this long, in letters and digits that cannot be confused when read from a screen. */
export const codeLength = 4;

/** The only characters in codes; nothing else in the alphabet looks like one of them. */
const alphabet = '79CDFHJKMNPQRTWX';
/** What people read instead. */
const lookAlikes: Record<string, string> = { '0': 'D', O: 'D', '6': 'C', G: 'C' };

/** What a person typed, as a code: upper case, only what a code can hold. */
export function tidyCode(typed: string): string {
  return [...typed.toUpperCase()]
    .map((character) => lookAlikes[character] ?? character)
    .filter((character) => alphabet.includes(character))
    .slice(0, codeLength)
    .join('');
}

/** `/play/k7qf` is room K7QF; `/play` is the house room, whose code is empty. */
export function codeOfPath(path: string): string {
  const last = path.split('/').filter(Boolean)[1] ?? '';
  return decode(last).toUpperCase();
}

/** `/chat/lobby` is the public chat; other rooms' chats go by their code in upper case. */
export function chatOfPath(path: string): string {
  const last = decode(path.split('/').filter(Boolean)[1] ?? '');
  return last === '' || last.toLowerCase() === 'lobby' ? 'lobby' : last === 'secret' ? last : last.toUpperCase();
}

export function topic(kind: 'console' | 'play', code: string): string {
  return code === '' ? kind : `${kind}:${code}`;
}

export function page(kind: 'console' | 'play', code: string): string {
  return code === '' ? `/${kind}` : `/${kind}/${code}`;
}

/** `chat:K7QF` is talked at `/chat/K7QF`. */
export function chatPage(chatTopic: string): string {
  return `/chat/${chatTopic.replace(/^chat:/, '')}`;
}

export interface Address {
  /** Everything before the code, without the scheme: what people type. */
  lead: string;
  code: string;
}

/** A join address as shown on screen: no scheme, the code apart so that it can stand out. */
export function addressOf(joinUrl: string, code: string): Address {
  const bare = joinUrl.replace(/^https?:\/\//, '').replace(/\/$/, '');
  const cut = code !== '' && bare.endsWith(`/${code}`) ? bare.length - code.length : bare.length;
  return { lead: bare.slice(0, cut), code: bare.slice(cut) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
