import site from 'virtual:words/site';
import { afterEach, describe, expect, it } from 'vitest';
import { list, number, speak, spoken, t } from './index';
import { bestOf } from './languages';

afterEach(() => speak(site, 'en'));

describe('the language', () => {
  it('is the first that the browser wants and we have, whatever its region', () => {
    expect(bestOf(['sv-SE', 'de-AT', 'en'])).toBe('de');
    expect(bestOf(['PT-br'])).toBe('pt');
  });

  it('is English where we have none of those wanted', () => {
    expect(bestOf(['sv', 'constructor'])).toBe('en');
    expect(bestOf([])).toBe('en');
  });

  it('writes numbers and lists as it does', async () => {
    await speak(site, 'de');
    expect(spoken()).toBe('de');
    expect(number(1234.5)).toBe('1.234,5');
    expect(list(['Ada', 'Bo', 'Cy'])).toBe('Ada, Bo und Cy');
  });
});

describe('a text', () => {
  it('follows its number', () => {
    expect([1, 2].map((n) => t('taps', { n }))).toEqual(['1 tap', '2 taps']);
  });

  it('keeps a name of the other direction to itself', () => {
    expect(t('outcome.won', { name: 'Ada' })).toBe('Ada wins!');
    expect(t('outcome.won', { name: 'דנה' })).toBe('\u2068דנה\u2069 wins!');
  });

  it('keeps every name to itself where one reads from right to left', async () => {
    await speak(site, 'ar');
    expect(t('outcome.won', { name: 'Ada!' })).toContain('\u2068Ada!\u2069');
  });

  it('lists names in its own direction, whichever way they are written', async () => {
    expect(list(['דנה', 'Bo'])).toBe('\u200e\u2068דנה\u2069 and \u2068Bo\u2069');
    await speak(site, 'ar');
    expect(list(['Ada', 'Bo'])).toBe('\u200f\u2068Ada\u2069 و\u2068Bo\u2069');
  });
});
