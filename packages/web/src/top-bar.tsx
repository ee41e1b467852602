import { askForKey, readKey } from './api/key.ts';
import { useAbout } from './api/use-about.ts';
import { AppearanceButton } from './ui/appearance.tsx';
import { KeyIcon } from './ui/icons.tsx';
import { Link } from './url/link.tsx';
import type { Route } from './url/route.ts';

const PAGES = [
  { to: '/search', text: 'Search', pages: ['search'] },
  { to: '/themes', text: 'Themes', pages: ['themes', 'theme'] },
  { to: '/operations', text: 'Operations', pages: ['operations'] },
] as const;

export function TopBar({ page, onKeys }: { page: Route['page']; onKeys: () => void }) {
  const { data: about } = useAbout();
  const key = about?.access.key ?? (readKey() === undefined ? undefined : 'a key');
  return (
    <header className="top-bar">
      <Link to="/search" className="brand">
        <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
          <rect width="32" height="32" rx="7" className="brand-tile" />
          <path d="M6 22c5 0 5-12 10-12s5 12 10 12" className="brand-line" />
          <circle cx="16" cy="10" r="3.2" className="brand-dot" />
        </svg>
        <span className="brand-name">Throughline</span>
        {about && <span className="pipeline-name">{about.name}</span>}
      </Link>
      <nav aria-label="Pages">
        {PAGES.map(({ to, text, pages }) => (
          <Link key={to} to={to} aria-current={pages.some((one) => one === page) ? 'page' : undefined}>
            {text}
          </Link>
        ))}
      </nav>
      <div className="top-bar-actions">
        {key !== undefined && (
          <button
            type="button"
            className="quiet icon"
            aria-label={`API key: ${key}`}
            title={`API key: ${key}`}
            onClick={() => askForKey(true)}
          >
            <KeyIcon />
          </button>
        )}
        <AppearanceButton />
        <button
          type="button"
          className="quiet icon keys-button"
          aria-label="Keys"
          title="Keys (?)"
          onClick={onKeys}
        >
          ?
        </button>
      </div>
    </header>
  );
}
