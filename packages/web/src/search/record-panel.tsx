import { type RefObject, useEffect, useRef } from 'react';
import { ErrorNote } from '../api/error-note.tsx';
import { useCall } from '../api/use-call.ts';
import { day } from '../format/dates.ts';
import { percent } from '../format/numbers.ts';
import { words } from '../format/words.ts';
import { CopyLinkButton } from '../ui/copy-button.tsx';
import { CloseIcon, MoreIcon } from '../ui/icons.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useKeys } from '../ui/use-keys.ts';
import { Link } from '../url/link.tsx';
import { RecordPassages } from './record-passages.tsx';
import { RecordText } from './record-text.tsx';
import { EMPTY, type SearchState, searchAddress } from './search-state.ts';
import type { Hit } from './use-search.ts';

interface RecordPanelProps {
  state: SearchState;
  /** The hit that the record is, where it is one. */
  hit: Hit | undefined;
  walked: RefObject<boolean>;
  onClose: () => void;
}

/** A record as a whole: its text with the passage that was found, its attributes, its themes. */
export function RecordPanel({ state, hit, walked, onClose }: RecordPanelProps) {
  const id = state.record!;
  const record = useCall('record', { params: { id } });
  const found = state.passage ?? hit?.passageId;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!walked.current) heading.current?.focus({ preventScroll: true });
    walked.current = false;
  }, [walked]);
  const close = () => {
    onClose();
    const link = document.querySelector<HTMLElement>('.hit.open [data-hit]');
    (link ?? document.querySelector<HTMLElement>('.search-box input'))?.focus();
  };
  useKeys({ Escape: close });
  return (
    <section className="record-panel" aria-labelledby="record-heading">
      <header>
        <h2 id="record-heading" ref={heading} tabIndex={-1}>
          Record {id}
        </h2>
        <button
          type="button"
          className="quiet icon"
          aria-label="Close the record"
          title="Close (Esc)"
          onClick={close}
        >
          <CloseIcon />
        </button>
      </header>
      <div className="record-body">
        {record.error && <ErrorNote error={record.error} onRetry={() => record.refetch()} />}
        {record.isPending && <Skeleton lines={8} />}
        {record.data && (
          <>
            <div className="record-actions">
              <Link to={searchAddress({ ...EMPTY, like: id })} className="button">
                <MoreIcon /> Similar
              </Link>
              <CopyLinkButton to={searchAddress({ ...EMPTY, record: id })} />
            </div>
            <dl className="record-attributes">
              {record.data.at !== null && (
                <div>
                  <dt>Date</dt>
                  <dd>{day(record.data.at)}</dd>
                </div>
              )}
              {Object.entries(record.data.attributes).map(([name, value]) => (
                <div key={name}>
                  <dt>{words(name)}</dt>
                  <dd>{value === null ? '–' : String(value)}</dd>
                </div>
              ))}
            </dl>
            {record.data.themes.length > 0 && (
              <ul className="record-themes" aria-label="Themes">
                {record.data.themes.map(({ id: theme, label, share }) => (
                  <li key={theme}>
                    <Link to={`/themes/${encodeURIComponent(theme)}`}>{label}</Link> {percent(share)}
                  </li>
                ))}
              </ul>
            )}
            <RecordText key={found} record={record.data} found={found} hit={hit} />
            <RecordPassages record={record.data} state={state} found={found} />
            <p className="note">Chunk {record.data.chunk}</p>
          </>
        )}
      </div>
    </section>
  );
}
