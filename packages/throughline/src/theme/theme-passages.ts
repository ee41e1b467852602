/** The passages of a theme, a page at a time. */
import { openSession } from '../engine/local/session.ts';
import type { Lake } from '../lake/lake.ts';
import { openThemes, type ThemesAsking } from './open-themes.ts';
import { passagesById, type ThemePassage } from './passages-by-id.ts';
import { stageMembers } from './theme-members.ts';

export type PassageOrder = 'clear' | 'unclear' | 'newest';

export interface ThemePassagesRequest extends ThemesAsking {
  /** `clear`: those that belong to it most clearly first; `unclear`: those between two themes; by time. */
  order: PassageOrder;
  limit: number;
  offset: number;
}

export interface ThemePassages {
  version: string;
  passages: (ThemePassage & { score: number; margin: number; at: string | null })[];
  /** Whether there are any after them. */
  more: boolean;
}

/** Each order is total, so that pages of one version do not overlap. */
const ORDERS: Record<PassageOrder, string> = {
  clear: '_margin DESC, _score DESC, _passage',
  unclear: '_margin, _score, _passage',
  newest: '_at DESC NULLS LAST, _passage',
};

/** None where there is no such theme. Throws with exit code 66 where there are no themes. */
export async function themePassages(
  lake: Lake,
  theme: string,
  { order, limit, offset, ...asking }: ThemePassagesRequest,
): Promise<ThemePassages> {
  const tables = await openThemes(lake, asking);
  await using session = await openSession();
  await stageMembers(session, tables, theme);
  const rows = await session.query(
    `SELECT _passage, _score, _margin, _at FROM members ORDER BY ${ORDERS[order]} LIMIT ${limit + 1} OFFSET ${offset}`,
  );
  const page = rows.slice(0, limit);
  const ids = page.map(({ _passage }) => String(_passage));
  const texts = await passagesById(session, tables.passages, ids);
  return {
    version: tables.version,
    passages: page.flatMap(({ _passage, _score, _margin, _at }) => {
      const passage = texts.get(String(_passage));
      const at = _at instanceof Date ? _at.toISOString() : null;
      return passage ? [{ ...passage, score: Number(_score), margin: Number(_margin), at }] : [];
    }),
    more: rows.length > limit,
  };
}
