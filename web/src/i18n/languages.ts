// The languages of the pages, and which one a browser wants.
import { keys, lasting } from '../store';

/** Each in its own words: who looks for theirs cannot read the others. */
export const names = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  it: 'Italiano',
  nl: 'Nederlands',
  pl: 'Polski',
  pt: 'Português',
  ar: 'العربية',
  ja: '日本語',
} as const;

export type Language = keyof typeof names;

export function isLanguage(name: string | null): name is Language {
  return name !== null && Object.hasOwn(names, name);
}

/** The first that we have of those wanted, whatever their region: `de-AT` is `de`. */
export function bestOf(wanted: readonly string[]): Language {
  const known = wanted.map((tag) => tag.toLowerCase().split('-')[0] ?? '');
  return known.find(isLanguage) ?? 'en';
}

export function preferred(): Language {
  const chosen = lasting.get(keys.language);
  return isLanguage(chosen) ? chosen : bestOf(navigator.languages);
}

/** Whatever is on the page was said in the old language, so it starts anew. */
export function choose(language: Language): void {
  lasting.set(keys.language, language);
  location.reload();
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}
