import type { AnswerOf } from 'throughline/api';
import { percent } from '../format/numbers.ts';
import { words } from '../format/words.ts';
import { ShareBar } from '../ui/share-bar.tsx';

const FIRST = 6;

/** Which values the records of a theme have, by attribute. */
export function ThemeAttributes({ attributes }: Pick<AnswerOf<'theme'>, 'attributes'>) {
  return Object.entries(attributes).map(([name, values]) => (
    <section key={name}>
      <h2>{words(name)}</h2>
      <ul className="shares">
        {values.slice(0, FIRST).map(({ value, share }) => (
          <li key={value}>
            <span className="shares-value" title={value}>
              {value === '' ? '(empty)' : value}
            </span>
            <ShareBar share={share} />
            <span className="shares-number">{percent(share)}</span>
          </li>
        ))}
      </ul>
    </section>
  ));
}
