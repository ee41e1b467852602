import { ErrorNote } from '../api/error-note.tsx';
import { useCall } from '../api/use-call.ts';
import { moment } from '../format/dates.ts';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { TableFrame } from '../ui/table-frame.tsx';
import { StatusMark } from './status-mark.tsx';

const SHOWN = 200;

/** What holders of the scope admin have done. */
export function Audit() {
  const audit = useCall('audit', { query: { limit: SHOWN } });
  if (audit.error) return <ErrorNote error={audit.error} onRetry={() => audit.refetch()} />;
  if (!audit.data) return <Skeleton lines={6} />;
  if (audit.data.actions.length === 0)
    return (
      <Empty title="Nothing was done">
        <p>Edits of themes, retries and promotions are listed here, with the key that did them.</p>
      </Empty>
    );
  return (
    <TableFrame label="Actions of admins">
      <caption className="unseen">Actions of admins, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Key</th>
          <th scope="col">What</th>
          <th scope="col">Request</th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        {audit.data.actions.map(({ at, key, operation, request, outcome, requestId }) => (
          <tr key={requestId}>
            <td>{moment(at)}</td>
            <td>{key}</td>
            <th scope="row">{operation}</th>
            <td>
              <code>{request}</code>
            </td>
            <td title={`Request ${requestId}`}>
              <StatusMark status={outcome} />
            </td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
