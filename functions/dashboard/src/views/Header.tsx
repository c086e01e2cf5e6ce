import type { ComponentChildren } from 'preact';
import icon from '../icon.svg';
import { connection, hosted, keyWanted, pollSeconds } from '../session';
import { language, pickLanguage, pickTheme, theme, themes, useWords } from '../settings';
import { useStore } from '../store';

export function Header() {
  const words = useWords();
  const picked = useStore(theme);
  const spoken = useStore(language);
  const other = spoken === 'en' ? 'zh' : 'en';
  const next = themes[(themes.indexOf(picked) + 1) % themes.length]!;
  return (
    <header class="top">
      <a class="brand" href="#/">
        <img src={icon} alt="" width={18} height={18} />
        Serverless
      </a>
      <ConnectionState />
      <div class="tools">
        <button type="button" class="tool" data-testid="language-toggle" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => pickLanguage(other)}>
          {other === 'zh' ? '中文' : 'English'}
        </button>
        <button type="button" class="tool" data-testid="theme-toggle" data-theme-picked={picked} onClick={() => pickTheme(next)}>
          <ThemeIcon theme={picked} />
          <span class="hidden">{words.theme}: </span>
          {words.themes[picked]}
        </button>
      </div>
    </header>
  );
}

function ConnectionState() {
  const words = useWords();
  const state = useStore(connection);
  const isLocked = useStore(keyWanted) !== 'no';
  useStore(hosted);
  if (isLocked) return null;
  return (
    <p class={`connection connection-${state}`} role="status" aria-live="polite" data-testid="connection" data-state={state}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {state === 'lost' ? <path d="M2.5 2.5l7 7m0-7l-7 7" /> : state === 'live' ? <circle cx="6" cy="6" r="4" class="full" /> : <circle cx="6" cy="6" r="3.5" />}
      </svg>
      <span class="hidden">{words.connection}: </span>
      <span>{words.connections[state]}</span>
      {state === 'polling' && <span class="quiet wide"> · {words.pollingEvery(pollSeconds())}</span>}
    </p>
  );
}

function ThemeIcon({ theme: picked }: { theme: (typeof themes)[number] }) {
  const shapes: Record<typeof picked, ComponentChildren> = {
    auto: <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" class="full" />,
    light: <circle cx="8" cy="8" r="2.5" class="full" />,
    dark: <path d="M8 2.5a5.5 5.5 0 1 0 5.5 5.5A4.2 4.2 0 0 1 8 2.5z" class="full" />,
  };
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      {picked !== 'dark' && <circle cx="8" cy="8" r="5.5" />}
      {shapes[picked]}
    </svg>
  );
}
