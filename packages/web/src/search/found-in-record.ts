import type { AnswerOf } from 'throughline/api';
import type { Span } from '../text/segments.ts';
import type { Hit } from './use-search.ts';

type RecordText = Pick<AnswerOf<'record'>, 'text' | 'passages'>;

interface Found {
  before: string;
  within: string;
  after: string;
  /** Inside `within`. */
  spans: Span[];
}

/** A record's text around the passage that was found; where there is none, all of it stands before. */
export function foundInRecord(
  { text, passages }: RecordText,
  found: string | undefined,
  hit: Pick<Hit, 'passageId' | 'text' | 'highlights'> | undefined,
): Found {
  const passage = passages.find(({ passageId }) => passageId === found);
  if (passage === undefined) return { before: text, within: '', after: '', spans: [] };
  const within = text.slice(passage.start, passage.end);
  // The words were marked in the text of the hit: the same text, as long as the record has not changed since.
  const marked = hit?.passageId === passage.passageId && hit.text === within;
  return {
    before: text.slice(0, passage.start),
    within,
    after: text.slice(passage.end),
    spans: marked ? hit.highlights : [],
  };
}
