import { useState } from 'react';
import type { AnswerOf } from 'throughline/api';
import { themeTree } from 'throughline/client';
import { ErrorNote } from '../api/error-note.tsx';
import { useScope } from '../api/use-about.ts';
import { useCall } from '../api/use-call.ts';
import { count, percent } from '../format/numbers.ts';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { address } from '../url/address.ts';
import { navigate } from '../url/location.ts';
import { ThemeRow } from './theme-row.tsx';
import { newsOf, trendOf, useTrends } from './use-trends.ts';

export type Theme = AnswerOf<'themes'>['themes'][number];

/** What the texts are about, the largest first, those under another one below it. */
export function ThemeList({ query }: { query: URLSearchParams }) {
  const all = query.has('all');
  const admin = useScope('admin');
  const [wanted, setWanted] = useState('');
  const themes = useCall('themes', { query: all ? { all: 'true' } : {} }, { keep: true });
  const trends = useTrends();
  if (themes.error) return <NoThemes error={themes.error} onRetry={() => themes.refetch()} />;
  if (!themes.data) return <Skeleton lines={10} />;
  const { hidden, unassigned } = themes.data;
  const { groups } = themes.data;
  const everything = [...groups, ...themes.data.themes].sort((a, b) => b.size - a.size);
  const rows = themeTree(everything.filter((theme) => isWanted(theme, wanted)));
  const found = rows.filter(({ theme }) => theme.kind !== 'group').length;
  const largest = Math.max(...everything.map(({ share }) => share), 0.001);
  return (
    <section aria-label="Themes" className="theme-list-view">
      <div className="list-bar">
        <input
          type="search"
          aria-label="Find a theme"
          placeholder="Find a theme"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
        <p role="status">{themesCount(found)}</p>
        {(hidden > 0 || all) && (
          <label className="check">
            <input
              type="checkbox"
              checked={all}
              onChange={() => navigate(address('/themes', { all: all ? undefined : '1' }), { replace: true })}
            />
            Hidden ones, too ({count(hidden)})
          </label>
        )}
      </div>
      {rows.length === 0 && <Empty title="No theme is called so" />}
      <ol className="theme-list">
        {rows.map(({ theme, depth, children }) => (
          <ThemeRow
            key={theme.id}
            theme={theme}
            depth={depth}
            within={children}
            largest={largest}
            trend={trendOf(trends.data, theme.id)}
            news={newsOf(trends.data, theme.id)}
            every={trends.data?.every}
            admin={admin}
          />
        ))}
      </ol>
      <p className="note">
        {unassigned === 0 ? 'Every passage has a theme.' : `${unassignedText(unassigned)} without a theme.`}{' '}
        Version {themes.data.version}.
      </p>
    </section>
  );
}

function themesCount(themes: number): string {
  return themes === 1 ? '1 theme' : `${count(themes)} themes`;
}

/** The API gives a share or a number of passages. */
function unassignedText(unassigned: number): string {
  return unassigned < 1 ? `${percent(unassigned)} of the passages are` : `${count(unassigned)} passages are`;
}

function isWanted({ label, keywords }: Theme, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return [label, ...keywords].some((one) => one.toLowerCase().includes(wanted));
}

export function NoThemes({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <>
      <ErrorNote error={error} onRetry={onRetry} />
      <p className="note">
        Themes are made by <code>throughline run</code>, or by <code>throughline themes fit</code>.
      </p>
    </>
  );
}
