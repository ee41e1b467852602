import { ErrorNote } from '../api/error-note.tsx';
import { useCall, useChange } from '../api/use-call.ts';
import { ago } from '../format/dates.ts';
import { count } from '../format/numbers.ts';
import { StatusMark } from './status-mark.tsx';

interface RetryProps {
  /** Which of them. */
  only: { reason?: string; chunk?: string };
  open: number;
}

const LOOK_MS = 1_500;

/** Processes the chunks of dead letters again, and says what became of it. */
export function RetryDeadLetters({ only, open }: RetryProps) {
  const start = useChange('retryDeadLetters', ['retry']);
  const latest = useCall(
    'retry',
    {},
    { again: { after: LOOK_MS, while: ({ state }) => state === 'running' } },
  );
  const running = latest.data?.state === 'running';
  const { state, started, tried, resolved, message } = latest.data ?? { state: 'idle' as const };
  if (open === 0 && state === 'idle') return null;
  return (
    <div className="retry">
      <button
        type="button"
        className="primary"
        disabled={running || start.isPending || open === 0}
        onClick={() => start.mutate({ body: only })}
      >
        {only.reason === undefined && only.chunk === undefined ? 'Retry all' : 'Retry these'}
      </button>
      {state !== 'idle' && (
        <p role="status">
          <StatusMark status={state} /> Retry
          {started && ` of ${ago(started, Date.now())}`}
          {tried != null && `: ${count(tried)} tried, ${count(resolved ?? 0)} resolved`}
          {message && `. ${message}`}
        </p>
      )}
      {start.error && <ErrorNote error={start.error} />}
    </div>
  );
}
