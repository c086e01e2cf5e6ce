import { Format } from './format';
import { Store, useStore } from './store';
import { chinese } from './words/chinese';
import { type Words, english } from './words/english';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];
export type Language = 'en' | 'zh';

const dictionaries: Record<Language, Words> = { en: english, zh: chinese };
const formats: Record<Language, Format> = { en: new Format('en'), zh: new Format('zh-CN') };

export const theme = new Store<Theme>(remembered('theme', themes) ?? 'auto');
export const language = new Store<Language>(remembered('language', ['en', 'zh'] as const) ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'));

export function pickTheme(value: Theme): void {
  remember('theme', value);
  theme.set(value);
}

export function pickLanguage(value: Language): void {
  remember('language', value);
  language.set(value);
}

/** Keeps the document as the settings say. */
export function applySettings(): void {
  const root = document.documentElement;
  const apply = (): void => {
    root.lang = language.value === 'zh' ? 'zh-CN' : 'en';
    if (theme.value === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', theme.value);
  };
  // The first followers, so that a component that renders finds the document changed.
  theme.follow(apply);
  language.follow(apply);
  apply();
}

export function useWords(): Words {
  return dictionaries[useStore(language)];
}

export function useFormat(): Format {
  return formats[useStore(language)];
}

function remembered<T extends string>(name: string, values: readonly T[]): T | undefined {
  try {
    return values.find((value) => value === localStorage.getItem(`serverless.${name}`));
  } catch {
    return undefined;
  }
}

function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`serverless.${name}`, value);
  } catch {
    // A browser without storage forgets it with the page.
  }
}
