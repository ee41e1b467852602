import { ErrorNote } from '../api/error-note.tsx';
import { useCall } from '../api/use-call.ts';
import { moment } from '../format/dates.ts';
import { count, counted } from '../format/numbers.ts';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { address } from '../url/address.ts';
import { Link } from '../url/link.tsx';
import { RetryDeadLetters } from './retry-dead-letters.tsx';

const SHOWN = 200;

/** Rows that could not be processed, by reason. */
export function DeadLetters({ query, admin }: { query: URLSearchParams; admin: boolean }) {
  const reason = query.get('reason') ?? undefined;
  const chunk = query.get('chunk') ?? undefined;
  const only = { ...(reason === undefined ? {} : { reason }), ...(chunk === undefined ? {} : { chunk }) };
  const all = useCall('deadLetters', { query: { limit: 1, ...(chunk === undefined ? {} : { chunk }) } });
  const letters = useCall('deadLetters', { query: { ...only, limit: SHOWN } }, { keep: true });
  if (letters.error) return <ErrorNote error={letters.error} onRetry={() => letters.refetch()} />;
  if (!letters.data) return <Skeleton lines={8} />;
  const to = (change: { reason?: string | undefined; chunk?: string | undefined }) =>
    address('/operations', { view: 'dead-letters', reason, chunk, ...change }) as `/${string}`;
  return (
    <section aria-label="Dead letters">
      {admin && <RetryDeadLetters only={only} open={letters.data.total} />}
      {letters.data.total === 0 && reason === undefined && chunk === undefined ? (
        <Empty title="No dead letters">
          <p>Every row of the source has become a record.</p>
        </Empty>
      ) : (
        <>
          <ul className="reasons" aria-label="Reasons">
            <li>
              <Link to={to({ reason: undefined })} aria-current={reason === undefined ? 'true' : undefined}>
                All reasons <span>{count(all.data?.total ?? 0)}</span>
              </Link>
            </li>
            {Object.entries(all.data?.reasons ?? {}).map(([name, rows]) => (
              <li key={name}>
                <Link to={to({ reason: name })} aria-current={reason === name ? 'true' : undefined}>
                  {name} <span>{count(rows)}</span>
                </Link>
              </li>
            ))}
            {chunk !== undefined && (
              <li>
                <Link to={to({ chunk: undefined })}>
                  Chunk {chunk} only <span aria-hidden="true">✕</span>
                  <span className="unseen">Show all chunks</span>
                </Link>
              </li>
            )}
          </ul>
          <ul className="letters">
            {letters.data.deadLetters.map(({ key, chunk: of, step, id, code, message, payload, seen }) => (
              <li key={key}>
                <p>
                  <strong>{message}</strong>
                </p>
                <p className="passage-foot">
                  <span>{code}</span>
                  <span>step {step}</span>
                  <span>chunk {of}</span>
                  {id !== null && <span>id {id}</span>}
                  <span>{moment(seen)}</span>
                </p>
                <details>
                  <summary>The row</summary>
                  <pre>{pretty(payload)}</pre>
                </details>
              </li>
            ))}
          </ul>
          {letters.data.total > letters.data.deadLetters.length && (
            <p className="note">
              The first {count(letters.data.deadLetters.length)} of {counted(letters.data.total, 'row')}. All
              of them: <code>throughline dlq export</code>.
            </p>
          )}
        </>
      )}
    </section>
  );
}

function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
