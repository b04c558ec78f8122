export type Theme = 'system' | 'light' | 'dark';

const KEY = 'playground-theme';
const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };

/** What was chosen on this machine before. */
export function savedTheme(): Theme {
  const saved = localStorage.getItem(KEY);
  return saved === 'light' || saved === 'dark' ? saved : 'system';
}

export function nextTheme(theme: Theme): Theme {
  return NEXT[theme];
}

/** Colours follow `data-theme`; without it the system's preference counts. */
export function useTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
