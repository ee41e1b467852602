import { ErrorNote } from '../api/error-note.tsx';
import TrendChart from '../charts/trend-chart.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { ChangeBadge } from './change-badge.tsx';
import { newsOf, trendOf, useTrends } from './use-trends.ts';

/** The share of a theme over time. */
export default function ThemeTrend({ id, label }: { id: string; label: string }) {
  const { data: trends, error } = useTrends();
  if (error) return <ErrorNote error={error} />;
  if (!trends) return <Skeleton lines={4} />;
  const trend = trendOf(trends, id);
  if (trend === undefined || trend.points.length < 2)
    return <p className="note">There is no trend: its records have no time, or all the same.</p>;
  const news = newsOf(trends, id);
  return (
    <>
      {news && (
        <p>
          <ChangeBadge change={news.change} share={news.share} before={news.before} /> in the last whole
          period
        </p>
      )}
      <TrendChart
        label={label}
        points={trend.points}
        periods={trends.periods}
        every={trends.every}
        lastIsOpen={trends.lastIsOpen}
        highest={trend.highest}
        height={200}
      />
    </>
  );
}
