import type { AnswerOf } from 'throughline/api';
import { ErrorNote } from '../api/error-note.tsx';
import { useCall } from '../api/use-call.ts';
import { count } from '../format/numbers.ts';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { address } from '../url/address.ts';
import { Link } from '../url/link.tsx';
import { navigate } from '../url/location.ts';
import { calendarOf } from './calendar.ts';
import { ChunkCells } from './chunk-cells.tsx';
import { StatusMark } from './status-mark.tsx';

export type Chunk = AnswerOf<'chunks'>['chunks'][number];

const STATES = ['done', 'running', 'failed', 'abandoned'] as const;

/** Every chunk a cell, coloured by its state: windows of time as a calendar. */
export function Chunks({ query }: { query: URLSearchParams }) {
  const chunks = useCall('chunks', {});
  if (chunks.error) return <ErrorNote error={chunks.error} onRetry={() => chunks.refetch()} />;
  if (!chunks.data) return <Skeleton lines={8} />;
  if (chunks.data.chunks.length === 0)
    return (
      <Empty title="No chunk has been worked on yet">
        <p>
          <code>throughline plan</code> shows what is due, <code>throughline run</code> does it.
        </p>
      </Empty>
    );
  const wanted = STATES.find((state) => state === query.get('state'));
  const open = chunks.data.chunks.find(({ chunk }) => chunk === query.get('chunk'));
  const choose = (chunk: string) =>
    navigate(address('/operations', { view: 'chunks', state: wanted, chunk }), { replace: true });
  return (
    <section aria-label="Chunks" className="chunks">
      <div className="list-bar">
        <ul className="state-legend">
          {STATES.map((state) => (
            <li key={state}>
              <Link
                to={
                  address('/operations', {
                    view: 'chunks',
                    state: state === wanted ? undefined : state,
                  }) as `/${string}`
                }
                aria-current={state === wanted ? 'true' : undefined}
              >
                <span className={`cell-sample cell-${state}`} aria-hidden="true" />
                {state} {count(chunks.data.states[state] ?? 0)}
              </Link>
            </li>
          ))}
        </ul>
      </div>
      <div className="chunks-columns">
        <ChunkCells
          calendar={calendarOf(chunks.data.chunks)}
          wanted={wanted}
          open={open?.chunk}
          onChoose={choose}
        />
        <aside aria-label="Chunk" className="chunk-detail">
          {open ? <ChunkDetail chunk={open} /> : <p className="note">Choose a chunk to see what is in it.</p>}
        </aside>
      </div>
    </section>
  );
}

function ChunkDetail({ chunk }: { chunk: Chunk }) {
  const dead = address('/operations', { view: 'dead-letters', chunk: chunk.chunk }) as `/${string}`;
  return (
    <>
      <h2>{chunk.chunk}</h2>
      <dl className="facts">
        <div>
          <dt>State</dt>
          <dd>
            <StatusMark status={chunk.state} />
          </dd>
        </div>
        <div>
          <dt>Attempt</dt>
          <dd>{chunk.attempt}</dd>
        </div>
        <div>
          <dt>Records</dt>
          <dd>{count(chunk.records)}</dd>
        </div>
        <div>
          <dt>Passages</dt>
          <dd>{count(chunk.passages)}</dd>
        </div>
        <div>
          <dt>Dead letters</dt>
          <dd>{chunk.deadLetters > 0 ? <Link to={dead}>{count(chunk.deadLetters)}</Link> : 0}</dd>
        </div>
      </dl>
      {chunk.error !== undefined && <p className="field-error">{chunk.error}</p>}
    </>
  );
}
