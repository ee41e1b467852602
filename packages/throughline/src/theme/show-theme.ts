/** One of the promoted themes, with all that there is to say of it. */
import { quoteIdentifier, relation } from '@throughline/delta';
import { openSession, type Session } from '../engine/local/session.ts';
import type { Lake } from '../lake/lake.ts';
import { openThemes, type ThemesAsking, type ThemeTables } from './open-themes.ts';
import { passagesById, type ThemePassage } from './passages-by-id.ts';
import { readThemes, type Theme } from './read.ts';
import { stageMembers } from './theme-members.ts';
import { unknownTheme } from './unknown-theme.ts';
import { cosine } from './vectors.ts';

export interface ThemeDetail extends Theme {
  version: string;
  records: number;
  /** Share of its passages that are about as near to another theme: their margin is below 0.1. */
  unclear: number;
  /** Those that belong to it most clearly. */
  passages: (ThemePassage & { score: number; margin: number })[];
  /** The most frequent values of each attribute of text among its passages. */
  attributes: Record<string, { value: string; share: number }[]>;
  /** The groups that it is in, from the top. */
  above: { id: string; label: string }[];
  /** What is in it, if it is a group: the largest first. */
  below: { id: string; label: string; size: number; share: number }[];
  /** Themes whose centroids are nearest to its own, by their cosine; of a group none. */
  neighbours: { id: string; label: string; similarity: number }[];
}

/** A margin below that is a passage between two themes. */
const CLEAR_MARGIN = 0.1;
const SHOWN_PASSAGES = 10;
const SHOWN_VALUES = 5;
const SHOWN_NEIGHBOURS = 5;

/** Throws with exit code 64 for a theme that is not there, 66 where there are none at all. */
export async function showTheme(lake: Lake, id: string, asking: ThemesAsking = {}): Promise<ThemeDetail> {
  const tables = await openThemes(lake, asking);
  await using session = await openSession();
  const themes = await readThemes(session, tables);
  const theme = themes.find((one) => one.id === id);
  if (!theme)
    throw unknownTheme(
      id,
      themes.map((one) => one.id),
    );
  await stageMembers(session, tables, id);
  const [count] = await session.query(
    `SELECT count(DISTINCT _id) AS records, coalesce(avg((_margin < ${CLEAR_MARGIN})::INT), 0) AS unclear FROM members`,
  );
  return {
    version: tables.version,
    ...theme,
    records: Number(count!.records),
    unclear: Number(count!.unclear),
    passages: await clearest(session, tables),
    attributes: await attributeShares(session, tables.textAttributes),
    above: groupsOf(theme, themes),
    below: themes
      .filter(({ parent, hidden }) => parent === id && !hidden)
      .map(({ id, label, size, share }) => ({ id, label, size, share })),
    neighbours: await neighboursOf(session, tables, theme, themes),
  };
}

function groupsOf({ parent }: Theme, themes: readonly Theme[]): ThemeDetail['above'] {
  const group = themes.find(({ id }) => id === parent);
  return group ? [...groupsOf(group, themes), { id: group.id, label: group.label }] : [];
}

async function clearest(session: Session, { passages }: ThemeTables): Promise<ThemeDetail['passages']> {
  const rows = await session.query(
    `SELECT _passage, _score, _margin FROM members ORDER BY _margin DESC, _score DESC, _passage LIMIT ${SHOWN_PASSAGES}`,
  );
  const ids = rows.map(({ _passage }) => String(_passage));
  const texts = await passagesById(session, passages, ids);
  return rows.flatMap(({ _passage, _score, _margin }) => {
    const passage = texts.get(String(_passage));
    return passage ? [{ ...passage, score: Number(_score), margin: Number(_margin) }] : [];
  });
}

async function attributeShares(
  session: Session,
  names: readonly string[],
): Promise<ThemeDetail['attributes']> {
  const shares: ThemeDetail['attributes'] = {};
  for (const name of names) {
    const column = quoteIdentifier(name);
    const rows = await session.query(
      `SELECT ${column} AS value, count(*) / sum(count(*)) OVER () AS share FROM members WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${SHOWN_VALUES}`,
    );
    shares[name] = rows.map((row) => ({ value: String(row.value), share: Number(row.share) }));
  }
  return shares;
}

async function neighboursOf(
  session: Session,
  tables: ThemeTables,
  { id }: Theme,
  themes: readonly Theme[],
): Promise<ThemeDetail['neighbours']> {
  await using all = await relation(tables.themes);
  const shown = themes.filter((one) => one.id !== id && one.kind === 'theme' && !one.hidden);
  if (shown.length === 0) return [];
  const rows = await session.query(`SELECT id, centroid FROM ${all.sql} WHERE centroid IS NOT NULL`);
  // Not by DuckDB: its cosine refuses what it reads beside lists that are null.
  const centroids = new Map(
    rows.map((row) => [String(row.id), Float32Array.from(row.centroid as number[])] as const),
  );
  const own = centroids.get(id);
  if (own === undefined) return [];
  return shown
    .flatMap((one) => {
      const centroid = centroids.get(one.id);
      return centroid ? [{ id: one.id, label: one.label, similarity: cosine(centroid, own) }] : [];
    })
    .sort((a, b) => b.similarity - a.similarity || (a.id < b.id ? -1 : 1))
    .slice(0, SHOWN_NEIGHBOURS);
}
