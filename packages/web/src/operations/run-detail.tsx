import { ErrorNote } from '../api/error-note.tsx';
import { useCall } from '../api/use-call.ts';
import { moment } from '../format/dates.ts';
import { duration } from '../format/numbers.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { StatusMark } from './status-mark.tsx';

/** One run with all that was recorded of it. */
export function RunDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { data: run, error, refetch } = useCall('run', { params: { id } });
  return (
    <Dialog open title={`Run ${id}`} onClose={onClose}>
      {error && <ErrorNote error={error} onRetry={() => refetch()} />}
      {!run && !error && <Skeleton lines={6} />}
      {run && (
        <div className="run-detail">
          <dl className="facts">
            <Fact name="Command" value={run.command} />
            <div>
              <dt>Status</dt>
              <dd>
                <StatusMark status={run.status} />
              </dd>
            </div>
            <Fact name="Started" value={moment(run.started)} />
            <Fact name="Ended" value={run.ended && moment(run.ended)} />
            <Fact name="Time" value={run.seconds === null ? null : duration(run.seconds)} />
            <Fact name="Build" value={run.build} />
            <Fact name="Index" value={run.index} />
            <Fact name="Themes" value={run.themes} />
          </dl>
          {run.error && (
            <div className="error-note">
              <p>
                <strong>{run.error.message}</strong>
              </p>
              <p className="error-note-foot">{run.error.code}</p>
            </div>
          )}
          {run.unmet.length > 0 && (
            <>
              <h3>Unmet limits: nothing was promoted</h3>
              <ul>
                {run.unmet.map((limit) => (
                  <li key={limit}>{limit}</li>
                ))}
              </ul>
            </>
          )}
          <h3 id="manifest">Manifest</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that it can be scrolled by keys */}
          <section className="manifest" tabIndex={0} aria-labelledby="manifest">
            <pre>{JSON.stringify(run.manifest, null, 2)}</pre>
          </section>
        </div>
      )}
    </Dialog>
  );
}

function Fact({ name, value }: { name: string; value: string | null }) {
  return value === null ? null : (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
