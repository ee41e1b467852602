import { useState } from 'react';
import { useAbout } from '../api/use-about.ts';
import { scaleTop } from '../charts/scale-top.ts';
import TrendChart from '../charts/trend-chart.tsx';
import { period } from '../format/dates.ts';
import { count } from '../format/numbers.ts';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { address } from '../url/address.ts';
import { Link } from '../url/link.tsx';
import { navigate } from '../url/location.ts';
import { News } from './news.tsx';
import { NoThemes } from './theme-list.tsx';
import { useTrends } from './use-trends.ts';

const PERIODS = [
  ['', 'Automatic'],
  ['1d', 'Day'],
  ['7d', 'Week'],
  ['1M', 'Month'],
  ['1y', 'Year'],
] as const;
const FIRST = 12;

/** How the themes change, with what is news, of all records or of those with a value of an attribute. */
export default function Timeline({ query }: { query: URLSearchParams }) {
  const [all, setAll] = useState(false);
  const { data: about } = useAbout();
  const wanted = {
    every: query.get('every') ?? undefined,
    by: query.get('by') ?? undefined,
    value: query.get('value') ?? undefined,
  };
  const { data: trends, error, isPlaceholderData, refetch } = useTrends(wanted);
  const go = (change: Partial<typeof wanted>) =>
    navigate(address('/themes', { view: 'timeline', ...wanted, ...change }));
  if (error) return <NoThemes error={error} onRetry={() => refetch()} />;
  if (!trends) return <Skeleton lines={10} />;
  const group = trends.groups.find(({ value }) => value === (wanted.value ?? null)) ?? trends.groups[0];
  const news = trends.news.filter(({ value }) => value === (group?.value ?? null));
  const themes = group?.themes.toSorted((a, b) => weight(b.points) - weight(a.points)) ?? [];
  const values = trends.groups.flatMap(({ value }) => (value === null ? [] : [value]));
  const highest = scaleTop(
    themes.map(({ points }) => points),
    group?.totals ?? [],
  );
  return (
    <section aria-label="Timeline" className={isPlaceholderData ? 'timeline stale' : 'timeline'}>
      <div className="list-bar">
        <label>
          <span>Period</span>
          <select value={wanted.every ?? ''} onChange={(event) => go({ every: event.target.value })}>
            {PERIODS.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>By</span>
          <select
            value={wanted.by ?? ''}
            onChange={(event) => go({ by: event.target.value, value: undefined })}
          >
            <option value="">All records</option>
            {about?.attributes
              .filter(({ type }) => type === 'string' || type === 'boolean')
              .map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
          </select>
        </label>
        {values.length > 0 && (
          <label>
            <span className="unseen">Value</span>
            <select value={wanted.value ?? ''} onChange={(event) => go({ value: event.target.value })}>
              <option value="">All values</option>
              {values.map((value) => (
                <option key={value} value={value}>
                  {value}
                </option>
              ))}
            </select>
          </label>
        )}
        <p className="note">
          {spanOf(trends.periods, trends.every)}
          {trends.lastIsOpen && '; the last period is not over'}
          {trends.withoutTime > 0 && `; ${count(trends.withoutTime)} records have no time`}
        </p>
      </div>
      <News news={news} />
      <h2>Share of each theme</h2>
      {themes.length === 0 && (
        <Empty title="Nothing to draw">
          <p>Trends need records with a time, in more than one period.</p>
        </Empty>
      )}
      <ul className="trend-grid">
        {themes.slice(0, all ? undefined : FIRST).map(({ id, label, points }) => (
          <li key={id}>
            <h3>
              <Link to={`/themes/${encodeURIComponent(id)}`}>{label}</Link>
            </h3>
            <TrendChart
              label={label}
              points={points}
              periods={trends.periods}
              every={trends.every}
              lastIsOpen={trends.lastIsOpen}
              highest={highest}
              height={120}
            />
          </li>
        ))}
      </ul>
      {themes.length > FIRST && !all && (
        <button type="button" className="load-more" onClick={() => setAll(true)}>
          All {themes.length} themes
        </button>
      )}
    </section>
  );
}

function weight(points: readonly { count: number }[]): number {
  return points.reduce((sum, point) => sum + point.count, 0);
}

function spanOf(periods: readonly { from: string }[], every: string): string {
  const [first, last] = [periods[0], periods.at(-1)];
  return first && last ? `${period(first.from, every)} to ${period(last.from, every)}` : 'No periods';
}
