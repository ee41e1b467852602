import { count } from '../format/numbers.ts';
import type { MapTheme } from './themes-map.tsx';

interface LegendProps {
  themes: readonly MapTheme[];
  /** Numbers of the themes that are not drawn. */
  hidden: ReadonlySet<number>;
  onChange: (hidden: ReadonlySet<number>) => void;
}

/** The colours; what is unchecked is not drawn. */
export function Legend({ themes, hidden, onChange }: LegendProps) {
  const all = new Set(themes.map(({ number }) => number));
  const toggle = (number: number) => {
    const next = new Set(hidden);
    if (!next.delete(number)) next.add(number);
    onChange(next);
  };
  const only = (number: number) => onChange(new Set([...all].filter((other) => other !== number)));
  return (
    <fieldset className="legend">
      <legend>Themes</legend>
      <div className="legend-actions">
        <button
          type="button"
          className="link"
          disabled={hidden.size === 0}
          onClick={() => onChange(new Set())}
        >
          All
        </button>
        <button
          type="button"
          className="link"
          disabled={hidden.size === all.size}
          onClick={() => onChange(all)}
        >
          None
        </button>
      </div>
      <ul>
        {themes.map(({ number, label, points, colour }) => (
          <li key={number}>
            <label>
              <input type="checkbox" checked={!hidden.has(number)} onChange={() => toggle(number)} />
              <span className="swatch" style={{ background: colour }} />
              <span className="legend-label" title={label}>
                {label}
              </span>
              <span className="legend-count">{count(points)}</span>
            </label>
            <button
              type="button"
              className="link only"
              aria-label={`Only ${label}`}
              onClick={() => only(number)}
            >
              only
            </button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
