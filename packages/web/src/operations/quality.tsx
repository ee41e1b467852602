import { useMemo } from 'react';
import { ErrorNote } from '../api/error-note.tsx';
import { useCall } from '../api/use-call.ts';
import QualityChart from '../charts/quality-chart.tsx';
import { moment } from '../format/dates.ts';
import { checkName } from '../format/words.ts';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { TableFrame } from '../ui/table-frame.tsx';
import { StatusMark } from './status-mark.tsx';

const SHOWN = 500;

/** What was measured of runs and index versions, against what was agreed on. */
export default function Quality() {
  const { data, error, refetch } = useCall('quality', { query: { limit: SHOWN } });
  const byCheck = useMemo(() => Array.from(Map.groupBy(data?.checks ?? [], ({ check }) => check)), [data]);
  if (error) return <ErrorNote error={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton lines={8} />;
  if (byCheck.length === 0)
    return (
      <Empty title="Nothing has been measured yet">
        <p>
          Runs leave measurements; <code>acceptance</code> in the config says what is good enough.
        </p>
      </Empty>
    );
  return (
    <section aria-label="Quality">
      <ul className="quality-grid">
        {byCheck.map(([check, results]) => (
          <li key={check}>
            <h2>
              {checkName(check)} <StatusMark status={results[0]!.status} />
            </h2>
            <p className="quality-last">
              <strong>{shown(results[0]!.observed)}</strong>
              {results[0]!.expected !== null && ` agreed ${results[0]!.expected}`}
            </p>
            {new Set(results.map(({ at }) => at)).size > 1 ? (
              <QualityChart check={check} results={results} />
            ) : (
              <p className="note">Measured once, {moment(results[0]!.at)}.</p>
            )}
          </li>
        ))}
      </ul>
      <TableFrame label="Measurements">
        <caption className="unseen">Measurements, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Check</th>
            <th scope="col">Of</th>
            <th scope="col" className="number">
              Observed
            </th>
            <th scope="col">Agreed</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {data.checks.slice(0, 100).map(({ at, check, subject, observed, expected, status }) => (
            <tr key={`${at} ${check} ${subject}`}>
              <td>{moment(at)}</td>
              <th scope="row">{checkName(check)}</th>
              <td className="version">{subject}</td>
              <td className="number">{shown(observed)}</td>
              <td>{expected ?? '–'}</td>
              <td>
                <StatusMark status={status} />
              </td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </section>
  );
}

function shown(value: number | null): string {
  if (value === null) return '–';
  return value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 10 ? 4 : 0 });
}
