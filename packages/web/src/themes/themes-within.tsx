import type { AnswerOf } from 'throughline/api';
import { count, percent } from '../format/numbers.ts';
import { Link } from '../url/link.tsx';

/** What a group is made of, the largest first. */
export function ThemesWithin({ theme }: { theme: AnswerOf<'theme'> }) {
  return (
    <section aria-label="Its themes">
      <h2>Its themes</h2>
      <ul className="neighbours">
        {theme.below.map(({ id, label, size, share }) => (
          <li key={id}>
            <Link to={`/themes/${encodeURIComponent(id)}`}>{label}</Link>
            <span title={`${count(size)} passages`}>{percent(share)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
