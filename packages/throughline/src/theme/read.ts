/** The promoted themes, for people and programs. */
import { relation } from '@throughline/delta';
import { openSession, type Session } from '../engine/local/session.ts';
import type { Lake } from '../lake/lake.ts';
import { openThemes, type ThemesAsking, type ThemeTables } from './open-themes.ts';
import { passagesById, type ThemePassage } from './passages-by-id.ts';
import { sizesWithGroups } from './theme-rows.ts';

export interface Theme {
  id: string;
  /** `noise`: texts that say nothing; `group`: themes that have something in common. */
  kind: 'theme' | 'noise' | 'group';
  /** A person's, where somebody has renamed it. */
  label: string;
  autoLabel: string;
  /** One sentence, where a language model has named it. */
  description: string | null;
  hidden: boolean;
  pinned: boolean;
  keywords: string[];
  /** Passages. */
  size: number;
  share: number;
  /** The group that it is in. */
  parent: string | null;
  /** What it is to the version before; null in versions made before themes had identities. */
  status: string | null;
  /** When it was born: ISO 8601, UTC. */
  firstSeen: string | null;
  representatives: ThemePassage[];
}

export interface ThemesList {
  version: string;
  /** Without those that are hidden, unless asked for. */
  themes: Theme[];
  /** Of themes, and of groups: the largest first. */
  groups: Theme[];
  hidden: number;
  /** Share of the passages that have no theme. */
  unassigned: number;
}

/** All themes that have passages within, the largest first. Throws with exit code 66 if there are none yet. */
export async function listThemes(
  lake: Lake,
  { all = false, ...asking }: ThemesAsking & { all?: boolean } = {},
): Promise<ThemesList> {
  const tables = await openThemes(lake, asking);
  await using session = await openSession();
  const rows = await readThemes(session, tables);
  const [themes, groups] = [rows.filter((row) => !isGroup(row)), rows.filter(isGroup)];
  return {
    version: tables.version,
    themes: themes.filter(({ hidden }) => all || !hidden),
    groups: all ? groups : groups.filter(({ id }) => hasShown(rows, id)),
    hidden: themes.filter(({ hidden }) => hidden).length,
    unassigned: Math.max(0, 1 - themes.reduce((sum, { share }) => sum + share, 0)),
  };
}

/** Whether any theme in the group, or in one within, is not hidden. */
function hasShown(rows: readonly Theme[], group: string): boolean {
  return rows.some((row) => row.parent === group && (isGroup(row) ? hasShown(rows, row.id) : !row.hidden));
}

const isGroup = ({ kind }: Theme) => kind === 'group';

/** Themes and groups, the largest first. Memory: their rows, without centroids. */
export async function readThemes(session: Session, tables: ThemeTables): Promise<Theme[]> {
  await using all = await relation(tables.themes);
  const rows = await session.query(`SELECT * EXCLUDE (centroid) FROM (${all.sql}) ORDER BY size DESC, id`);
  const shown = rows.flatMap((row) => row.representatives as string[]);
  const texts = await passagesById(session, tables.passages, shown, tables.within);
  const themes = rows.map((row) => themeOf(row, texts));
  return tables.within === undefined ? themes : countedWithin(session, tables, themes);
}

function themeOf(row: Record<string, unknown>, texts: ReadonlyMap<string, ThemePassage>): Theme {
  return {
    id: String(row.id),
    kind: row.kind === 'noise' || row.kind === 'group' ? row.kind : 'theme',
    label: String(row.label),
    autoLabel: String(row.auto_label ?? row.label),
    description: (row.description ?? null) as string | null,
    hidden: Boolean(row.hidden),
    pinned: Boolean(row.pinned),
    keywords: row.keywords as string[],
    size: Number(row.size),
    share: Number(row.share),
    parent: row.parent as string | null,
    status: (row.status ?? null) as string | null,
    firstSeen: row.first_seen instanceof Date ? row.first_seen.toISOString() : null,
    representatives: (row.representatives as string[]).flatMap((passage) => texts.get(passage) ?? []),
  };
}

/** With the sizes and shares of what is within; themes of which nothing is are left out. */
async function countedWithin(
  session: Session,
  { assignments, passages, within }: ThemeTables,
  themes: readonly Theme[],
): Promise<Theme[]> {
  await using assigned = await relation(assignments);
  await using seen = await relation(passages);
  const rows = await session.query(
    `SELECT _theme, count(*) AS size FROM ${assigned.sql} JOIN (SELECT _chunk, _passage FROM ${seen.sql} WHERE ${within}) USING (_chunk, _passage) GROUP BY 1`,
  );
  const counted = new Map(rows.map(({ _theme, size }) => [_theme as string | null, Number(size)]));
  const total = [...counted.values()].reduce((sum, size) => sum + size, 0);
  const sizes = sizesWithGroups(themes, counted);
  return themes
    .flatMap((theme) => {
      const size = sizes.get(theme.id);
      // A sentence about all texts tells more than a label.
      return size === undefined ? [] : [{ ...theme, size, share: size / total, description: null }];
    })
    .sort((a, b) => b.size - a.size || (a.id < b.id ? -1 : 1));
}
