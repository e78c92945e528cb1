import { describe, expect, it } from 'vitest';
import { addressOf, chatOfPath, chatPage, codeOfPath, page, tidyCode, topic } from './rooms';

describe('codes', () => {
  it('are upper case and hold only what a code can hold', () => {
    expect(tidyCode('k7-qf')).toBe('K7QF');
    expect(tidyCode(' K7 QF extra')).toBe('K7QF');
    expect(tidyCode('<b>é')).toBe('');
  });

  it('are read as they were meant', () => {
    expect(tidyCode('o0g6')).toBe('DDCC');
  });

  it('come from the address', () => {
    expect(codeOfPath('/play/k7qf')).toBe('K7QF');
    expect(codeOfPath('/play')).toBe('');
    expect(codeOfPath('/console/')).toBe('');
    expect(codeOfPath('/play/%E0%A4%A')).toBe('%E0%A4%A');
  });
});

describe('topics and pages', () => {
  it('of the house room have no code', () => {
    expect(topic('play', '')).toBe('play');
    expect(topic('console', 'K7QF')).toBe('console:K7QF');
    expect(page('play', '')).toBe('/play');
    expect(page('console', 'K7QF')).toBe('/console/K7QF');
  });

  it('of chats go by lobby or code', () => {
    expect(chatOfPath('/chat')).toBe('lobby');
    expect(chatOfPath('/chat/Lobby')).toBe('lobby');
    expect(chatOfPath('/chat/k7qf')).toBe('K7QF');
    expect(chatOfPath('/chat/secret')).toBe('secret');
    expect(chatPage('chat:K7QF')).toBe('/chat/K7QF');
  });
});

it('an address is shown without its scheme, the code apart', () => {
  expect(addressOf('http://192.168.1.5:4000/play/K7QF', 'K7QF')).toEqual({ lead: '192.168.1.5:4000/play/', code: 'K7QF' });
  expect(addressOf('https://race.example/play', '')).toEqual({ lead: 'race.example/play', code: '' });
});
