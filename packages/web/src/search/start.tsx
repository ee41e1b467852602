import type { About } from '../api/use-about.ts';
import { useCall } from '../api/use-call.ts';
import { ago } from '../format/dates.ts';
import { count } from '../format/numbers.ts';
import { Link } from '../url/link.tsx';
import { EMPTY, searchAddress } from './search-state.ts';

const SUGGESTIONS = 8;

/** Before a question: what there is to ask about, in the words of the texts themselves. */
export function Start({ about }: { about: About | undefined }) {
  const themes = useCall('themes', { query: {} }, { enabled: about !== undefined && about.themes !== null });
  const named = themes.data?.themes.filter(({ kind, hidden }) => kind === 'theme' && !hidden) ?? [];
  return (
    <div className="start">
      {about && (
        <p>
          {about.index.passages === null ? 'A part of the' : count(about.index.passages)} passages of{' '}
          <strong>{about.name}</strong>, indexed {ago(about.index.madeAt, Date.now())}. Describe what you look
          for in your own words: it need not be said in the same ones.
        </p>
      )}
      {named.length > 0 && (
        <>
          <h2>What they talk about most</h2>
          <ul className="suggestions">
            {named.slice(0, SUGGESTIONS).map(({ id, label }) => (
              <li key={id}>
                <Link to={searchAddress({ ...EMPTY, query: label.replaceAll(' · ', ' ') })}>{label}</Link>
              </li>
            ))}
          </ul>
          <p>
            Or look at <Link to="/themes">all themes</Link>.
          </p>
        </>
      )}
    </div>
  );
}
