import type { ReactNode } from 'react';
import { useCall } from '../api/use-call.ts';
import type { Live, Status } from '../api/use-live-status.ts';
import { ago } from '../format/dates.ts';
import { count, counted } from '../format/numbers.ts';

const LIVE = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Connection lost, trying again',
  refused: 'Not for this key',
} as const;

/** The state in one line: what serves, how much of the work is done, and whether the last run met its limits. */
export function Overview({ live, status }: { live: Live; status: Status | undefined }) {
  const runs = useCall('runs', { query: { limit: 20 } });
  const chunks = useCall('chunks', {}, { enabled: status === undefined });
  const now = status ?? chunks.data;
  const last = runs.data?.runs.find(({ command }) => command === 'run');
  const all = Object.values(now?.states ?? {}).reduce((sum, some) => sum + some, 0);
  const { done = 0, running = 0, failed = 0, abandoned = 0 } = now?.states ?? {};
  return (
    <dl className="overview" aria-label="State">
      <Card name="Chunks" bad={failed > 0}>
        <strong>{now ? `${count(done)} of ${count(all)}` : '–'}</strong>
        {running > 0 && ` · ${count(running)} running`}
        {failed > 0 && ` · ${count(failed)} failed`}
        {abandoned > 0 && ` · ${count(abandoned)} abandoned`}
        {all > 0 && <progress max={all} value={done} aria-label="Chunks done" />}
      </Card>
      <Card name="Records">
        <strong>{now ? count(now.counts.records) : '–'}</strong>
        {now && ` · ${counted(now.counts.passages, 'passage')}`}
      </Card>
      <Card name="Dead letters" bad={(now?.counts.deadLetters ?? 0) > 0}>
        <strong>{now ? count(now.counts.deadLetters) : '–'}</strong>
      </Card>
      <Card name="Last run" bad={last?.status === 'failed' || last?.status === 'interrupted'}>
        <strong>{last?.status ?? 'none'}</strong>
        {last && ` · ${ago(last.ended ?? last.started, Date.now())}`}
      </Card>
      <Card name="Acceptance" bad={(last?.unmet.length ?? 0) > 0}>
        {last === undefined && '–'}
        {last !== undefined &&
          (last.unmet.length === 0 ? <strong>No unmet limits</strong> : <Unmet limits={last.unmet} />)}
      </Card>
      <Card name="Events">
        <span className={`live live-${live}`} role="status">
          {LIVE[live]}
        </span>
      </Card>
    </dl>
  );
}

function Unmet({ limits }: { limits: readonly string[] }) {
  return (
    <ul>
      {limits.map((limit) => (
        <li key={limit}>{limit}</li>
      ))}
    </ul>
  );
}

function Card({ name, bad = false, children }: { name: string; bad?: boolean; children: ReactNode }) {
  return (
    <div className={bad ? 'bad' : ''}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
