import { useMemo, useState } from 'react';
import { useCall } from '../api/use-call.ts';
import { count } from '../format/numbers.ts';
import { cssColour, themeColour } from '../themes/theme-colour.ts';
import { NoThemes } from '../themes/theme-list.tsx';
import { Empty } from '../ui/empty.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useDark } from '../ui/use-dark.ts';
import { Legend } from './legend.tsx';
import { MapTable } from './map-table.tsx';
import { PointMap } from './point-map.tsx';
import { indexPoints } from './points.ts';
import { Selection } from './selection.tsx';
import './map.css';

/** A theme as the map shows it. `number` is its place among the map's themes; -1 are passages without one. */
export interface MapTheme {
  number: number;
  id: string | undefined;
  label: string;
  points: number;
  colour: string;
}

/** Every passage a point, near ones about the same. */
export default function ThemesMap() {
  const map = useCall('themesMap', { query: {} });
  const named = useCall('themes', { query: { all: 'true' } });
  const dark = useDark();
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [selected, setSelected] = useState<readonly number[]>([]);
  const [asTable, setAsTable] = useState(false);
  const points = useMemo(() => map.data && indexPoints(map.data), [map.data]);
  const themes = useMemo(() => {
    if (!points) return [];
    const labels = new Map(named.data?.themes.map(({ id, label }) => [id, label]));
    return mapThemes(points.columns.themes, points.counts, labels, dark);
  }, [points, named.data, dark]);
  if (map.error) return <NoThemes error={map.error} onRetry={() => map.refetch()} />;
  if (!points || !map.data) return <Skeleton lines={12} />;
  const shown = points.columns.x.length;
  if (shown === 0)
    return (
      <Empty title="The map has no points yet">
        <p>
          Places are computed when themes are fitted: <code>throughline themes fit</code>.
        </p>
      </Empty>
    );
  return (
    <section aria-label="Map of the passages" className="map-view">
      <div className="list-bar">
        <p className="note">
          {count(shown)} {shown < map.data.passages && `of ${count(map.data.passages)} `}passages, near ones
          about the same. Point at one to read it, click to keep it, draw a lasso to list many.
        </p>
        <label className="check">
          <input type="checkbox" checked={asTable} onChange={() => setAsTable(!asTable)} /> As a table
        </label>
      </div>
      {asTable ? (
        <MapTable themes={themes} total={shown} />
      ) : (
        <div className="map-columns">
          <PointMap
            points={points}
            themes={themes}
            hidden={hidden}
            selected={selected}
            dark={dark}
            onSelect={setSelected}
          />
          <div className="map-side">
            {selected.length > 0 && (
              <Selection
                points={points}
                themes={themes}
                selected={selected}
                onClear={() => setSelected([])}
              />
            )}
            <Legend themes={themes} hidden={hidden} onChange={setHidden} />
          </div>
        </div>
      )}
    </section>
  );
}

function mapThemes(
  ids: readonly string[],
  counts: readonly number[],
  labels: ReadonlyMap<string, string>,
  dark: boolean,
): MapTheme[] {
  const themes = ids.map(
    (id, number): MapTheme => ({
      ...{ number, id, label: labels.get(id) ?? id, points: counts[number]! },
      colour: cssColour(themeColour(number, dark)),
    }),
  );
  const none = counts[ids.length]!;
  const without = { number: -1, id: undefined, label: 'without a theme', points: none };
  if (none > 0) themes.push({ ...without, colour: cssColour(themeColour(-1, dark)) });
  return themes.toSorted((a, b) => b.points - a.points);
}
