import { Fragment, lazy, Suspense } from 'react';
import { ErrorNote } from '../api/error-note.tsx';
import { useScope } from '../api/use-about.ts';
import { useCall } from '../api/use-call.ts';
import { day } from '../format/dates.ts';
import { count, percent } from '../format/numbers.ts';
import { EMPTY, searchAddress } from '../search/search-state.ts';
import { usePageTitle } from '../ui/page-title.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { Link } from '../url/link.tsx';
import { EditsList } from './edits-list.tsx';
import { ThemeActions } from './theme-actions.tsx';
import { ThemeAttributes } from './theme-attributes.tsx';
import { ThemePassages } from './theme-passages.tsx';
import { ThemesWithin } from './themes-within.tsx';
import './themes.css';

const ThemeTrend = lazy(() => import('./theme-trend.tsx'));

/** All about one theme. */
export default function ThemePage({ id, query }: { id: string; query: URLSearchParams }) {
  const { data: theme, error, refetch } = useCall('theme', { params: { id } });
  const admin = useScope('admin');
  usePageTitle(theme?.label ?? 'Theme');
  if (error) return <ErrorNote error={error} onRetry={() => refetch()} />;
  if (!theme) return <Skeleton lines={10} />;
  return (
    <article className="theme-page">
      <p className="crumb">
        <Link to="/themes">Themes</Link>
        {theme.above.map((group) => (
          <Fragment key={group.id}>
            {' › '}
            <Link to={`/themes/${encodeURIComponent(group.id)}`}>{group.label}</Link>
          </Fragment>
        ))}
      </p>
      <header className="theme-head">
        <h1>{theme.label}</h1>
        <span className="theme-id">{theme.id}</span>
        {theme.kind === 'group' && <span className="badge">group</span>}
        {theme.kind === 'noise' && <span className="badge">says nothing</span>}
        {theme.hidden && <span className="badge">hidden</span>}
        {theme.pinned && <span className="badge">pinned</span>}
      </header>
      {theme.description !== null && <p className="theme-description">{theme.description}</p>}
      <dl className="figures">
        <Figure name="Share" value={percent(theme.share)} />
        <Figure name="Passages" value={count(theme.size)} />
        <Figure name="Records" value={count(theme.records)} />
        <Figure name="Unclear" value={percent(theme.unclear)} title="About as near to another theme" />
        {theme.firstSeen !== null && <Figure name="First seen" value={day(theme.firstSeen)} />}
      </dl>
      <ul className="keywords" aria-label="Keywords">
        {theme.keywords.map((word) => (
          <li key={word}>
            <Link to={searchAddress({ ...EMPTY, query: word, mode: 'keyword' })}>{word}</Link>
          </li>
        ))}
      </ul>
      {admin && <ThemeActions theme={theme} />}
      <div className="theme-columns">
        <div>
          {theme.kind === 'group' ? (
            <ThemesWithin theme={theme} />
          ) : (
            <section>
              <h2>Over time</h2>
              <Suspense fallback={<Skeleton lines={4} />}>
                <ThemeTrend id={id} label={theme.label} />
              </Suspense>
            </section>
          )}
          <section>
            <h2>What it is about</h2>
            <ul className="quotes">
              {theme.representatives.map(({ passageId, recordId, text }) => (
                <li key={passageId}>
                  <p>{text}</p>
                  <Link to={searchAddress({ ...EMPTY, record: recordId, passage: passageId })}>
                    Record {recordId}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        </div>
        <div>
          {theme.neighbours.length > 0 && (
            <section>
              <h2>Nearest themes</h2>
              <ul className="neighbours">
                {theme.neighbours.map((near) => (
                  <li key={near.id}>
                    <Link to={`/themes/${encodeURIComponent(near.id)}`}>{near.label}</Link>
                    <span title="Cosine of the centroids">{near.similarity.toFixed(2)}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <ThemeAttributes attributes={theme.attributes} />
        </div>
      </div>
      <ThemePassages id={id} query={query} />
      {admin && <EditsList theme={id} />}
    </article>
  );
}

function Figure({ name, value, title }: { name: string; value: string; title?: string }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
