import { ApiError } from 'throughline/client';
import { askForKey } from './key.ts';

/** What went wrong, what to do, and the id to find it by in the server's log. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const detail = problem?.detail ?? unreached(error);
  return (
    <div className="error-note" role="alert">
      <p>
        <strong>{sentence(detail)}</strong>
      </p>
      {problem?.hint && <p>{problem.hint}</p>}
      <p className="error-note-foot">
        {problem && (
          <span>
            {problem.status} {problem.code}
            {problem.requestId && `, request ${problem.requestId}`}
          </span>
        )}
        {problem?.status === 401 && (
          <button type="button" onClick={() => askForKey(true)}>
            Enter a key
          </button>
        )}
        {onRetry && (
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        )}
      </p>
    </div>
  );
}

function unreached(error: unknown): string {
  if (error instanceof TypeError) return 'The server is not reached. Is it running?';
  return error instanceof Error ? error.message : String(error);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
