import type { AnswerOf } from 'throughline/api';
import { ErrorNote } from '../api/error-note.tsx';
import { useCall } from '../api/use-call.ts';
import { moment } from '../format/dates.ts';
import { count, decimal, duration } from '../format/numbers.ts';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { TableFrame } from '../ui/table-frame.tsx';
import { address } from '../url/address.ts';
import { Link } from '../url/link.tsx';
import { navigate } from '../url/location.ts';
import { RunDetail } from './run-detail.tsx';
import { StatusMark } from './status-mark.tsx';

type Run = AnswerOf<'runs'>['runs'][number];

const SHOWN = 100;

export function Runs({ query }: { query: URLSearchParams }) {
  const runs = useCall('runs', { query: { limit: SHOWN } });
  const open = query.get('run') ?? undefined;
  if (runs.error) return <ErrorNote error={runs.error} onRetry={() => runs.refetch()} />;
  if (!runs.data) return <Skeleton lines={8} />;
  if (runs.data.runs.length === 0)
    return (
      <Empty title="Nothing has run yet">
        <p>
          <code>throughline run</code> makes everything that is due.
        </p>
      </Empty>
    );
  return (
    <section aria-label="Runs">
      <TableFrame label="Table of runs">
        <caption className="unseen">Runs, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">Started</th>
            <th scope="col">Command</th>
            <th scope="col">Status</th>
            <th scope="col" className="number">
              Records
            </th>
            <th scope="col" className="number">
              Dead letters
            </th>
            <th scope="col" className="number">
              Embedded
            </th>
            <th scope="col" className="number">
              Chunks
            </th>
            <th scope="col" className="number">
              Time
            </th>
            <th scope="col" className="number">
              Cost
            </th>
            <th scope="col" className="number">
              nDCG@10
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.data.runs.map((run, i) => (
            <RunRow key={run.run} run={run} overtaken={i > 0} />
          ))}
        </tbody>
      </TableFrame>
      <p className="note">
        {count(runs.data.runs.length)} of {count(runs.data.total)} runs.
      </p>
      {open !== undefined && <RunDetail id={open} onClose={() => navigate(address('/operations'))} />}
    </section>
  );
}

/** `overtaken`: another run began later. One without an end was killed then, as far as that tells. */
function RunRow({ run, overtaken }: { run: Run; overtaken: boolean }) {
  const { counts, chunks, cost, ndcg, seconds } = run;
  return (
    <tr>
      <th scope="row">
        <Link to={address('/operations', { run: run.run }) as `/${string}`}>{moment(run.started)}</Link>
      </th>
      <td>{run.command}</td>
      <td>
        <StatusMark status={run.status === 'running' && overtaken ? 'unfinished' : run.status} />
        {run.unmet.length > 0 && <span className="badge change-less">{run.unmet.length} unmet</span>}
      </td>
      <td className="number">{number(counts?.records)}</td>
      <td className="number">{number(counts?.deadLetters)}</td>
      <td className="number">
        {number(counts?.embedded)}
        {counts !== null && counts.cached > 0 && (
          <span className="cached"> + {count(counts.cached)} cached</span>
        )}
      </td>
      <td className="number">{chunks === null ? '–' : chunksText(chunks)}</td>
      <td className="number">{seconds === null ? '–' : duration(seconds)}</td>
      <td className="number">{cost === null ? '–' : decimal(cost, 2)}</td>
      <td className="number">{ndcg === null ? '–' : decimal(ndcg)}</td>
    </tr>
  );
}

function number(value: number | undefined): string {
  return value === undefined ? '–' : count(value);
}

function chunksText({ done, skipped, failed, left }: NonNullable<Run['chunks']>): string {
  const parts = [`${count(done)} done`];
  if (skipped > 0) parts.push(`${count(skipped)} skipped`);
  if (failed > 0) parts.push(`${count(failed)} failed`);
  if (left > 0) parts.push(`${count(left)} left`);
  return parts.join(', ');
}
