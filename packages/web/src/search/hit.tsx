import { day } from '../format/dates.ts';
import { decimal } from '../format/numbers.ts';
import { excerpt } from '../text/excerpt.ts';
import { MoreIcon } from '../ui/icons.tsx';
import { MarkedText } from '../ui/marked-text.tsx';
import { Link } from '../url/link.tsx';
import { EMPTY, type SearchState, searchAddress } from './search-state.ts';
import type { Hit } from './use-search.ts';
import { type Verdict, VerdictButtons } from './verdict.tsx';

interface HitProps {
  hit: Hit;
  rank: number;
  state: SearchState;
  index: string;
  verdict: Verdict | undefined;
  /** Undefined where the caller may not judge. */
  onVerdict: ((verdict: Verdict) => void) | undefined;
}

const EXCERPT = 420;

export function HitItem({ hit, rank, state, index, verdict, onVerdict }: HitProps) {
  const { recordId, passageId } = hit;
  const open = searchAddress({ ...state, record: recordId, passage: passageId });
  const shown = excerpt(hit.text, hit.sentence ? [...hit.highlights, hit.sentence] : hit.highlights, EXCERPT);
  return (
    <li className={recordId === state.record ? 'hit open' : 'hit'}>
      <article>
        <header className="hit-head">
          <h2>
            <Link to={open} data-hit="" className="hit-link">
              {recordId}
            </Link>
          </h2>
          <Attributes at={hit.at} attributes={hit.attributes} />
        </header>
        <p className="hit-text">
          {shown.cutStart && '… '}
          <MarkedText text={shown.text} spans={shown.spans} />
          {shown.cutEnd && ' …'}
        </p>
        <footer className="hit-foot">
          <Scores hit={hit} />
          <span className="hit-actions">
            {onVerdict && (
              <VerdictButtons
                judged={{ query: state.query.trim(), recordId, passageId, mode: state.mode, rank, index }}
                verdict={verdict}
                onVerdict={onVerdict}
              />
            )}
            <Link
              to={searchAddress({ ...EMPTY, like: recordId })}
              className="button quiet"
              aria-label={`Similar to ${recordId}`}
            >
              <MoreIcon /> <span>Similar</span>
            </Link>
          </span>
        </footer>
      </article>
    </li>
  );
}

function Attributes({ at, attributes }: Pick<Hit, 'at' | 'attributes'>) {
  return (
    <dl className="hit-attributes">
      {at !== null && (
        <div>
          <dt className="unseen">Date</dt>
          <dd>{day(at)}</dd>
        </div>
      )}
      {Object.entries(attributes).map(([name, value]) =>
        value === null || value === '' ? null : (
          <div key={name} title={name}>
            <dt className="unseen">{name}</dt>
            <dd>{String(value)}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** Which side found it, and with `explain` at which place. */
function Scores({ hit }: { hit: Hit }) {
  const { scores, explain, reranked } = hit;
  return (
    <ul className="scores">
      {scores.keyword !== null && (
        <li title="BM25 of the words: comparable within one query only">
          keyword {place(explain?.keyword)}
          {decimal(scores.keyword, 1)}
        </li>
      )}
      {scores.semantic !== null && (
        <li title="Cosine of question and passage, at most 1">
          semantic {place(explain?.semantic)}
          {decimal(scores.semantic, 2)}
        </li>
      )}
      {explain && <li title="What the hits are ordered by">score {decimal(hit.score, 4)}</li>}
      {reranked !== undefined && <li>reranked {decimal(reranked, 3)}</li>}
    </ul>
  );
}

function place(side: { rank: number } | null | undefined): string {
  return side ? `#${side.rank} · ` : '';
}
