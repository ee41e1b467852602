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
    scrollToPassage(passage.current);
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

/** Of the passage's top, from the top of what is seen, in pixels. */
const ROOM = 72;

/** Scrolls the text alone: `scrollIntoView` would move the whole page. */
function scrollToPassage(passage: HTMLElement | null): void {
  const frame = passage?.closest('.record-body');
  if (!passage || !frame) return;
  const { top, bottom } = passage.getBoundingClientRect();
  const seen = frame.getBoundingClientRect();
  if (bottom > seen.bottom || top < seen.top) frame.scrollTop += top - seen.top - ROOM;
}
