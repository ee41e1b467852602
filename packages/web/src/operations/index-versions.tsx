import { useState } from 'react';
import type { AnswerOf } from 'throughline/api';
import { ErrorNote } from '../api/error-note.tsx';
import { useCall, useChange } from '../api/use-call.ts';
import { moment } from '../format/dates.ts';
import { count, decimal, duration, percent } from '../format/numbers.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { TableFrame } from '../ui/table-frame.tsx';

type Version = AnswerOf<'index'>['versions'][number];
type Step = { kind: 'promote'; version: string } | { kind: 'rollback' };

const STALE = ['index', 'about', 'chunks', 'audit'] as const;

/** The versions that are kept, with what their verification found; one of them serves. */
export function IndexVersions({ admin }: { admin: boolean }) {
  const index = useCall('index', {});
  const promote = useChange('promoteIndex', STALE);
  const rollBack = useChange('rollBackIndex', STALE);
  const [step, setStep] = useState<Step>();
  const failed = promote.error ?? rollBack.error;
  const close = () => {
    setStep(undefined);
    promote.reset();
    rollBack.reset();
  };
  const confirm = () => {
    if (step?.kind === 'promote') promote.mutate({ body: { version: step.version } }, { onSuccess: close });
    if (step?.kind === 'rollback') rollBack.mutate({}, { onSuccess: close });
  };
  if (index.error) return <ErrorNote error={index.error} onRetry={() => index.refetch()} />;
  if (!index.data) return <Skeleton lines={8} />;
  const { versions, unreadable, fresh } = index.data;
  return (
    <section aria-label="Index versions">
      {admin && versions.length > 1 && (
        <div className="list-bar">
          <button type="button" onClick={() => setStep({ kind: 'rollback' })}>
            Roll back
          </button>
          <p className="note">Goes back to the version that served before.</p>
        </div>
      )}
      {versions.length === 0 && (
        <Empty title="There is no index yet">
          <p>
            <code>throughline run</code> makes one.
          </p>
        </Empty>
      )}
      <ol className="versions">
        {versions.map((version) => (
          <VersionItem
            key={version.version}
            version={version}
            onPromote={admin ? () => setStep({ kind: 'promote', version: version.version }) : undefined}
          />
        ))}
      </ol>
      {fresh !== null && fresh.newestAt !== null && (
        <p className="note">
          Streams: {count(fresh.passages)} passages are searched that are not in the index, up to{' '}
          {moment(fresh.newestAt)}.{fresh.complete ? '' : ' No more are taken before the next index.'}
        </p>
      )}
      {unreadable.length > 0 && <p className="field-error">Not readable: {unreadable.join(', ')}</p>}
      <Dialog
        open={step !== undefined}
        title={step?.kind === 'rollback' ? 'Roll back the index?' : 'Promote this version?'}
        onClose={close}
      >
        <p>
          {step?.kind === 'promote' && (
            <>
              Searches are answered by <code>{step.version}</code> from then on.
            </>
          )}
          {step?.kind === 'rollback' &&
            'Searches are answered by the version that served before the present one.'}{' '}
          The step is written into the audit.
        </p>
        {failed && <ErrorNote error={failed} />}
        <div className="dialog-actions">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button
            type="button"
            className="primary"
            disabled={promote.isPending || rollBack.isPending}
            onClick={confirm}
          >
            {step?.kind === 'rollback' ? 'Roll back' : 'Promote'}
          </button>
        </div>
      </Dialog>
    </section>
  );
}

function VersionItem({ version, onPromote }: { version: Version; onPromote: (() => void) | undefined }) {
  const { verification, faults, promoted, withdrawn } = version;
  return (
    <li className={promoted ? 'version-item promoted' : 'version-item'}>
      <header>
        <h2>{version.version}</h2>
        {promoted && <span className="badge good">serves</span>}
        {withdrawn && <span className="badge">withdrawn</span>}
        {onPromote && !promoted && (
          <button type="button" disabled={faults.length > 0} onClick={onPromote}>
            Promote
          </button>
        )}
      </header>
      <p className="passage-foot">
        <span>{moment(version.madeAt)}</span>
        <span>{count(version.passages)} passages</span>
        <span>made in {duration(version.seconds)}</span>
        {version.base !== null && <span>added to {version.base}</span>}
      </p>
      {faults.map((fault) => (
        <p key={fault} className="field-error">
          {fault}
        </p>
      ))}
      {verification ? <Verification {...verification} /> : <p className="note">Not verified.</p>}
    </li>
  );
}

function Verification({ queries, cases, passages }: NonNullable<Version['verification']>) {
  return (
    <TableFrame label="Verification">
      <caption>
        {count(queries)} queries against an exact scan; {count(passages.index)} of {count(passages.table)}{' '}
        passages in the index
      </caption>
      <thead>
        <tr>
          <th scope="col">Filter</th>
          <th scope="col" className="number">
            Meets it
          </th>
          <th scope="col" className="number">
            Recall@10
          </th>
          <th scope="col" className="number">
            Recall@100
          </th>
          <th scope="col" className="number">
            p50 ms
          </th>
          <th scope="col" className="number">
            p95 ms
          </th>
        </tr>
      </thead>
      <tbody>
        {cases.map((one) => (
          <tr key={one.filter ?? ''}>
            <th scope="row" className="long">
              {one.filter ?? 'none'}
            </th>
            <td className="number">{percent(one.selectivity)}</td>
            <td className="number">{decimal(one['recall@10'])}</td>
            <td className="number">{decimal(one['recall@100'])}</td>
            <td className="number">{decimal(one.p50, 1)}</td>
            <td className="number">{decimal(one.p95, 1)}</td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
