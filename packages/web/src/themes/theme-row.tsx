import { count, percent } from '../format/numbers.ts';
import { PinIcon } from '../ui/icons.tsx';
import { ShareBar } from '../ui/share-bar.tsx';
import { Sparkline } from '../ui/sparkline.tsx';
import { Link } from '../url/link.tsx';
import { ChangeBadge } from './change-badge.tsx';
import type { Theme } from './theme-list.tsx';
import type { newsOf, Trend } from './use-trends.ts';

interface RowProps {
  theme: Theme;
  depth: number;
  /** Of a group: what is in it and listed below it. */
  within: number;
  /** Share of the largest theme. */
  largest: number;
  trend: Trend;
  news: ReturnType<typeof newsOf>;
  every: string | undefined;
  admin: boolean;
}

const KEYWORDS = 7;

export function ThemeRow({ theme, depth, within, largest, trend, news, every, admin }: RowProps) {
  const { id, label, keywords, size, share, kind, hidden, pinned } = theme;
  return (
    <li
      className={`theme-row depth-${Math.min(depth, 4)}${hidden ? ' hidden-theme' : ''}${kind === 'group' ? ' theme-group' : ''}`}
    >
      <div className="theme-name">
        <Link to={`/themes/${encodeURIComponent(id)}`}>{label}</Link>
        {kind === 'noise' && <span className="badge">says nothing</span>}
        {kind === 'group' && <span className="badge">group of {count(within)}</span>}
        {hidden && <span className="badge">hidden</span>}
        {pinned && admin && (
          <span className="badge" title="Kept in each refit">
            <PinIcon /> pinned
          </span>
        )}
        {news && <ChangeBadge change={news.change} share={news.share} before={news.before} />}
        <p className="theme-keywords">{keywords.slice(0, KEYWORDS).join(', ')}</p>
      </div>
      <div className="theme-trend">
        {trend && every && (
          <Sparkline
            values={trend.points.map(({ share }) => share ?? 0)}
            top={trend.highest}
            label={`Share by period of ${every}`}
          />
        )}
      </div>
      <div className="theme-size">
        <span className="theme-share">{percent(share)}</span>
        <ShareBar share={share / largest} />
        <span className="theme-count">{count(size)} passages</span>
      </div>
    </li>
  );
}
