import { ErrorNote } from '../api/error-note.tsx';
import { useCall } from '../api/use-call.ts';
import { count, counted } from '../format/numbers.ts';
import { EMPTY, searchAddress } from '../search/search-state.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { Link } from '../url/link.tsx';
import type { Points } from './points.ts';
import type { MapTheme } from './themes-map.tsx';

interface SelectionProps {
  points: Points;
  themes: readonly MapTheme[];
  selected: readonly number[];
  onClear: () => void;
}

const SHOWN = 50;
const THEMES = 6;

/** The points that were chosen: their themes, and their texts. */
export function Selection({ points, themes, selected, onClear }: SelectionProps) {
  const ids = selected.slice(0, SHOWN).map((i) => points.columns.passageIds[i]!);
  const texts = useCall('passages', { body: { passageIds: ids } }, { keep: true });
  const byTheme = Map.groupBy(selected, (i) => points.columns.theme[i]!);
  const found = themes
    .flatMap((theme) => {
      const chosen = byTheme.get(theme.number)?.length ?? 0;
      return chosen === 0 ? [] : [{ ...theme, chosen }];
    })
    .toSorted((a, b) => b.chosen - a.chosen);
  return (
    <section className="selection" aria-label="Selected passages">
      <header>
        <h2 role="status">{counted(selected.length, 'passage')} selected</h2>
        <button type="button" className="quiet" onClick={onClear}>
          Clear
        </button>
      </header>
      <ul className="selection-themes">
        {found.slice(0, THEMES).map(({ number, id, label, colour, chosen }) => (
          <li key={number}>
            <span className="swatch" style={{ background: colour }} />
            {id === undefined ? label : <Link to={`/themes/${encodeURIComponent(id)}`}>{label}</Link>}
            <span className="legend-count">{count(chosen)}</span>
          </li>
        ))}
        {found.length > THEMES && <li className="note">and {found.length - THEMES} more</li>}
      </ul>
      {texts.error && <ErrorNote error={texts.error} />}
      {texts.isPending && <Skeleton lines={4} />}
      <ol className="selection-texts">
        {texts.data?.passages.map(({ passageId, recordId, text }) => (
          <li key={passageId}>
            <p>{text}</p>
            <Link to={searchAddress({ ...EMPTY, record: recordId, passage: passageId })}>
              Record {recordId}
            </Link>
          </li>
        ))}
      </ol>
      {selected.length > SHOWN && <p className="note">The first {SHOWN} of them.</p>}
    </section>
  );
}
