/** What became of the themes from one version to another, by all passages that are in both. */
import { openTable, relation } from '@throughline/delta';
import { type Flow, type MatchedTheme, matchThemes } from '@throughline/themes';
import { openSession, type Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { isVersionName } from '../lake/version-name.ts';
import { readThemesManifest, type ThemesManifest } from './manifest.ts';
import { themesMissing } from './open-themes.ts';

export interface ThemeChange {
  id: string;
  label: string;
  status: MatchedTheme['status'];
  /** Passages in either version; null where the theme is not there. */
  before: number | null;
  after: number | null;
  /** Where its passages came from, or, of a theme that is no more, where they went: the most first. */
  shares: { id: string; label: string; passages: number; share: number }[];
}

export interface ThemesDiff {
  from: string;
  to: string;
  /** Passages that are in both versions, and how many of these have kept their theme. */
  passages: number;
  kept: number;
  /** Themes of the later version, the largest first, then those that are no more. */
  themes: ThemeChange[];
}

/**
 * Compares the promoted version (or `to`) with the one before it (or `from`). Throws with exit code 66 where one is not there.
 */
export async function diffThemes(
  lake: Lake,
  wanted: { from?: string; to?: string } = {},
): Promise<ThemesDiff> {
  const { from, to, haveIds } = await versionsOf(lake, wanted);
  await using session = await openSession();
  const [before, after] = [await themesOf(session, lake, from), await themesOf(session, lake, to)];
  const flows = await flowsOf(session, lake, { from, to, before, after });
  const number = new Map(after.map(({ id }, i) => [id, i]));
  const pairs = before.flatMap(({ id }, i): [number, number][] =>
    number.has(id) ? [[i, number.get(id)!]] : [],
  );
  const match = matchThemes(flows, {
    before: before.map(({ size }) => size),
    after: after.map(({ size }) => size),
    // Before themes had identities, ids were numbers by size.
    ...(haveIds && { pairs }),
  });
  const count = (some: readonly Flow[]) => some.reduce((sum, { items }) => sum + items, 0);
  const sizes = new Map(before.map(({ id, size }) => [id, size]));
  return {
    ...{ from, to, passages: count(flows) },
    kept: count(flows.filter((flow) => before[flow.before]!.id === after[flow.after]!.id)),
    themes: [
      ...after.map((theme, i): ThemeChange => {
        const { status, shares } = match.after[i]!;
        const { id, label, size } = theme;
        return {
          id,
          label,
          status,
          before: sizes.get(id) ?? null,
          after: size,
          shares: sharesOf(shares, before),
        };
      }),
      ...before.flatMap((theme, i): ThemeChange[] => {
        const { status, shares, is } = match.before[i]!;
        const { id, label, size } = theme;
        return is === undefined
          ? [{ id, label, status, before: size, after: null, shares: sharesOf(shares, after) }]
          : [];
      }),
    ],
  };
}

function sharesOf(shares: MatchedTheme['shares'], others: readonly NamedTheme[]): ThemeChange['shares'] {
  return shares.map(({ theme, items, ofThis }) => {
    const { id, label } = others[theme]!;
    return { id, label, passages: items, share: ofThis };
  });
}

async function versionsOf(
  lake: Lake,
  { from, to }: { from?: string; to?: string },
): Promise<{ from: string; to: string; haveIds: boolean }> {
  const later = to ?? (await readCurrent(lake)).themes;
  if (later === undefined) throw themesMissing(lake);
  const manifest = await existingManifest(lake, later);
  const earlier = from ?? manifest.previous ?? manifest.lineage?.previous;
  if (earlier === undefined)
    throw new ThroughlineError(`there is no version of the themes before ${later}`, {
      code: 'themes_missing',
      exitCode: EXIT.noInput,
      hint: 'The next run with changed texts makes one: throughline run',
    });
  const before = await existingManifest(lake, earlier);
  return { from: earlier, to: later, haveIds: haveIds(before) && haveIds(manifest) };
}

const haveIds = ({ fit, next }: ThemesManifest) => fit !== undefined || next !== undefined;

async function existingManifest(lake: Lake, version: string) {
  const manifest = isVersionName(version) ? await readThemesManifest(lake, version) : undefined;
  if (manifest) return manifest;
  throw new ThroughlineError(`the lake has no version ${version} of the themes`, {
    code: 'themes_missing',
    exitCode: EXIT.noInput,
    hint: 'Old versions are removed. See those that are there: throughline themes versions',
  });
}

interface NamedTheme {
  id: string;
  label: string;
  size: number;
}

async function themesOf(session: Session, lake: Lake, version: string): Promise<NamedTheme[]> {
  await using all = await relation(await openTable(lakePath(lake.root, 'themes', version)));
  const rows = await session.query(`SELECT id, kind, label, size FROM ${all.sql} ORDER BY size DESC, id`);
  const themes = rows.filter(({ kind }) => kind !== 'group');
  return themes.map(({ id, label, size }) => ({ id: String(id), label: String(label), size: Number(size) }));
}

interface Sides {
  from: string;
  to: string;
  before: readonly NamedTheme[];
  after: readonly NamedTheme[];
}

async function flowsOf(session: Session, lake: Lake, { from, to, before, after }: Sides): Promise<Flow[]> {
  const table = async (version: string) =>
    relation(await openTable(lakePath(lake.root, 'assignments', version)));
  await using old = await table(from);
  await using young = await table(to);
  const distinct = (sql: string) => `(SELECT DISTINCT _passage, _theme FROM ${sql} WHERE _theme IS NOT NULL)`;
  const rows = await session.query(
    `SELECT a._theme AS before, b._theme AS after, count(*) AS items
     FROM ${distinct(old.sql)} a JOIN ${distinct(young.sql)} b USING (_passage) GROUP BY ALL`,
  );
  const numberOf = (themes: readonly NamedTheme[]) => new Map(themes.map(({ id }, i) => [id, i]));
  const [ofBefore, ofAfter] = [numberOf(before), numberOf(after)];
  return rows.map((row) => ({
    before: ofBefore.get(String(row.before))!,
    after: ofAfter.get(String(row.after))!,
    items: Number(row.items),
  }));
}
