import { ErrorNote } from '../api/error-note.tsx';
import { useCall } from '../api/use-call.ts';
import { moment } from '../format/dates.ts';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useEdit } from './use-edit.ts';

/** What people have made of the themes, or of one of them, the newest first; each can be taken back. */
export function EditsList({ theme }: { theme?: string }) {
  const edits = useCall('themeEdits', {});
  const undo = useEdit();
  if (edits.error) return <ErrorNote error={edits.error} onRetry={() => edits.refetch()} />;
  if (!edits.data) return <Skeleton lines={3} />;
  const shown = edits.data.edits
    .filter((edit) => theme === undefined || edit.theme === theme)
    .toSorted((a, b) => b.number - a.number);
  if (shown.length === 0 && theme !== undefined) return null;
  return (
    <section className="edits">
      <h2>Edits</h2>
      {undo.error && <ErrorNote error={undo.error} />}
      {shown.length === 0 && (
        <Empty title="Nobody has changed the themes">
          <p>Open a theme to rename, merge, split, pin or hide it.</p>
        </Empty>
      )}
      <ol className="edit-list">
        {shown.map(({ number, what, author, at, state, why }) => (
          <li key={number} className={`edit-${state}`}>
            <span className="edit-number">{number}</span>
            <div>
              <p>{what}</p>
              <p className="note">
                {author}, {moment(at)}
                {state !== 'applied' && `, ${state}`}
                {why !== null && `: ${why}`}
              </p>
            </div>
            {(state === 'applied' || state === 'waiting') && (
              <button
                type="button"
                disabled={undo.isPending}
                aria-label={`Undo edit ${number}: ${what}`}
                onClick={() => undo.mutate({ body: { kind: 'undo', undoes: number } })}
              >
                Undo
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
