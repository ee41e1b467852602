import type { AnswerOf } from 'throughline/api';
import { Link } from '../url/link.tsx';
import { type SearchState, searchAddress } from './search-state.ts';

interface PassagesProps {
  record: AnswerOf<'record'>;
  state: SearchState;
  /** The id of the passage that stands out in the text. */
  found: string | undefined;
}

const BEGINNING = 90;

/** The passages that the text was split into, each with its theme; one that is followed stands out in the text. */
export function RecordPassages({ record: { text, passages }, state, found }: PassagesProps) {
  return (
    <details className="record-passages">
      <summary>
        {passages.length} {passages.length === 1 ? 'passage' : 'passages'}
      </summary>
      <ol>
        {passages.map(({ passageId, start, end, theme }) => (
          <li key={passageId}>
            <Link
              to={searchAddress({ ...state, passage: passageId })}
              aria-current={passageId === found ? 'true' : undefined}
            >
              {beginning(text.slice(start, end))}
            </Link>
            <span>
              {theme === null
                ? 'without a theme'
                : `${theme.label}, score ${theme.score.toFixed(2)}, margin ${theme.margin.toFixed(2)}`}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function beginning(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > BEGINNING ? `${line.slice(0, BEGINNING).toWellFormed()}…` : line;
}
