import { useEffect, useRef } from 'react';
import type { AnswerOf } from 'throughline/api';
import { MarkedText } from '../ui/marked-text.tsx';
import { foundInRecord } from './found-in-record.ts';
import type { Hit } from './use-search.ts';

interface RecordTextProps {
  record: AnswerOf<'record'>;
  /** The id of the passage that was found. */
  found: string | undefined;
  hit: Hit | undefined;
}

/** The full text; the passage that was found stands out, and the words of the query in it. */
export function RecordText({ record, found, hit }: RecordTextProps) {
  const passage = useRef<HTMLDivElement>(null);
  useEffect(() => {
    passage.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const { before, within, after, spans } = foundInRecord(record, found, hit);
  return (
    <div className="record-text">
      {before}
      {within !== '' && (
        <div ref={passage} className="found-passage">
          <span className="unseen">The passage that was found: </span>
          <MarkedText text={within} spans={spans} />
        </div>
      )}
      {after}
    </div>
  );
}
