import KDBush from 'kdbush';
import type { AnswerOf } from 'throughline/api';
import { isInside, type Polygon } from './lasso.ts';
import { type Extent, extentOf } from './view.ts';

type Columns = Pick<AnswerOf<'themesMap'>, 'x' | 'y' | 'theme' | 'passageIds' | 'themes'>;

/** The points of the map with an index by place. Points are known by their number, from 0. */
export interface Points {
  columns: Columns;
  extent: Extent;
  /** How many points each theme has, by the theme's number; the last one is of those without a theme. */
  counts: number[];
  /** Where the theme's points lie: the median of their coordinates; undefined for a theme without points. */
  middles: ([x: number, y: number] | undefined)[];
  /** The nearest point within the radius that is `shown`. All in units of the data. */
  nearest(x: number, y: number, radius: number, shown: (theme: number) => boolean): number | undefined;
  /** Those that are shown inside the polygon, in their order. */
  inside(polygon: Polygon, shown: (theme: number) => boolean): number[];
}

export function indexPoints(columns: Columns): Points {
  const { x: xs, y: ys, theme } = columns;
  const index = new KDBush(Math.max(1, xs.length));
  for (let i = 0; i < xs.length; i++) index.add(xs[i]!, ys[i]!);
  if (xs.length === 0) index.add(Number.NaN, Number.NaN);
  index.finish();
  const byTheme = Map.groupBy(theme.keys(), (i) => theme[i]!);
  const placed = columns.themes.map((_, number) => byTheme.get(number) ?? []);
  return {
    columns,
    extent: extentOf(xs, ys),
    counts: [...placed, byTheme.get(-1) ?? []].map(({ length }) => length),
    middles: placed.map((points) =>
      points.length === 0 ? undefined : [median(points, xs), median(points, ys)],
    ),
    nearest(x, y, radius, shown) {
      let [found, least] = [undefined as number | undefined, Infinity];
      for (const i of index.within(x, y, radius)) {
        const away = (xs[i]! - x) ** 2 + (ys[i]! - y) ** 2;
        if (away < least && shown(theme[i]!)) [found, least] = [i, away];
      }
      return found;
    },
    inside(polygon, shown) {
      const { minX, minY, maxX, maxY } = extentOf(
        polygon.map(([x]) => x),
        polygon.map(([, y]) => y),
      );
      return index
        .range(minX, minY, maxX, maxY)
        .filter((i) => shown(theme[i]!) && isInside(polygon, xs[i]!, ys[i]!))
        .sort((a, b) => a - b);
    },
  };
}

function median(points: readonly number[], values: readonly number[]): number {
  const sorted = points.map((i) => values[i]!).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
