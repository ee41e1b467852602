/** Passages as points: the map that a fit has laid out, near ones being about the same. */
import { relation } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import type { Lake } from '../lake/lake.ts';
import { openThemes, type ThemesAsking } from './open-themes.ts';

/** Columns of equal length. */
export interface ThemesMap {
  version: string;
  /** Passages that have a place, also those that are not among the points. */
  passages: number;
  themes: string[];
  x: number[];
  y: number[];
  /** Place in `themes`; -1 without a theme. */
  theme: number[];
  passageIds: string[];
}

const DECIMALS = 3;

/** At most `limit` points: of more passages the same sample each time, by their ids, which are hashes. Memory: the points. */
export async function themesMap(
  lake: Lake,
  { limit, ...asking }: ThemesAsking & { limit: number },
): Promise<ThemesMap> {
  const tables = await openThemes(lake, asking);
  await using session = await openSession();
  await using assigned = await relation(tables.assignments);
  await using passages = await relation(tables.passages);
  const placed = `SELECT * FROM ${assigned.sql} WHERE _x IS NOT NULL AND _y IS NOT NULL`;
  const points =
    tables.within === undefined
      ? placed
      : `SELECT * FROM (${placed}) JOIN (SELECT _chunk, _passage FROM ${passages.sql} WHERE ${tables.within}) USING (_chunk, _passage)`;
  const [count] = await session.query(`SELECT count(*) AS passages FROM (${points})`);
  const map: ThemesMap = {
    ...{ version: tables.version, passages: Number(count!.passages), themes: [] },
    ...{ x: [], y: [], theme: [], passageIds: [] },
  };
  const numbers = new Map<string, number>();
  const numberOf = (theme: string | null) => {
    if (theme === null) return -1;
    if (!numbers.has(theme)) numbers.set(theme, map.themes.push(theme) - 1);
    return numbers.get(theme)!;
  };
  const sql = `SELECT _passage, _theme, round(_x, ${DECIMALS})::DOUBLE, round(_y, ${DECIMALS})::DOUBLE FROM (${points}) ORDER BY _passage LIMIT ${limit}`;
  for await (const batch of session.stream(sql))
    for (const [passage, theme, x, y] of batch as [string, string | null, number, number][]) {
      map.passageIds.push(passage);
      map.theme.push(numberOf(theme));
      map.x.push(x);
      map.y.push(y);
    }
  return map;
}
