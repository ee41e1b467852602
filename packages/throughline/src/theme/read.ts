/** The promoted themes, for people and programs. */
import { openTable, quoteLiteral, relation, type Snapshot } from '@throughline/delta';
import { openSession, type Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { existingBuild } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { suggest } from '../suggest.ts';
import { readThemesManifest } from './manifest.ts';

export interface ThemePassage {
  passageId: string;
  recordId: string;
  text: string;
}

export interface Theme {
  id: string;
  /** `noise`: texts that say nothing. */
  kind: 'theme' | 'noise';
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
  hidden: number;
  /** Share of the passages that have no theme. */
  unassigned: number;
}

export interface ThemeDetail extends Theme {
  version: string;
  records: number;
  /** Share of its passages that are about as near to another theme: their margin is below 0.1. */
  unclear: number;
  /** Those that belong to it most clearly. */
  passages: (ThemePassage & { score: number; margin: number })[];
  /** The most frequent values of each attribute of text among its passages. */
  attributes: Record<string, { value: string; share: number }[]>;
}

/** All themes, the largest first. Throws with exit code 66 if there are none yet. */
export async function listThemes(lake: Lake, { all = false } = {}): Promise<ThemesList> {
  const tables = await openThemes(lake);
  await using session = await openSession();
  const themes = await readThemes(session, tables, '');
  return {
    version: tables.version,
    themes: themes.filter(({ hidden }) => all || !hidden),
    hidden: themes.filter(({ hidden }) => hidden).length,
    unassigned: Math.max(0, 1 - themes.reduce((sum, { share }) => sum + share, 0)),
  };
}

/** A margin below that is a passage between two themes. */
const CLEAR_MARGIN = 0.1;

export async function showTheme(lake: Lake, id: string): Promise<ThemeDetail> {
  const tables = await openThemes(lake);
  await using session = await openSession();
  const [theme] = await readThemes(session, tables, `WHERE id = ${quoteLiteral(id)}`);
  if (!theme) throw await unknownTheme(session, tables, id);
  await using assignments = await relation(tables.assignments);
  await using passages = await relation(tables.passages);
  const members = `SELECT p.*, a._score, a._margin FROM (${assignments.sql}) a JOIN (${passages.sql}) p USING (_chunk, _passage) WHERE a._theme = ${quoteLiteral(id)}`;
  const [count] = await session.query(
    `SELECT count(DISTINCT _id) AS records, coalesce(avg((_margin < ${CLEAR_MARGIN})::INT), 0) AS unclear FROM (${members})`,
  );
  const closest = await session.query(
    `SELECT _passage, _id, _text, _score, _margin FROM (${members}) ORDER BY _margin DESC, _score DESC, _passage LIMIT 10`,
  );
  return {
    version: tables.version,
    ...theme,
    records: Number(count!.records),
    unclear: Number(count!.unclear),
    passages: closest.map((row) => ({
      ...passageOf(row),
      score: Number(row._score),
      margin: Number(row._margin),
    })),
    attributes: await attributeShares(session, members, tables.textAttributes),
  };
}

export interface ThemeTables {
  version: string;
  themes: Snapshot;
  assignments: Snapshot;
  /** Undefined in versions made before records had themes. */
  recordThemes: Snapshot | undefined;
  /** The version of the passages that the themes were made from. */
  passages: Snapshot;
  textAttributes: string[];
}

export async function openThemes(lake: Lake): Promise<ThemeTables> {
  const { themes: version } = await readCurrent(lake);
  const manifest = version === undefined ? undefined : await readThemesManifest(lake, version);
  if (!manifest) throw themesMissing(lake);
  const build = await existingBuild(lake, manifest.build);
  return {
    version: manifest.version,
    themes: await openTable(lakePath(lake.root, 'themes', manifest.version)),
    assignments: await openTable(lakePath(lake.root, 'assignments', manifest.version)),
    recordThemes:
      manifest.fit === undefined
        ? undefined
        : await openTable(lakePath(lake.root, 'record_themes', manifest.version)),
    passages: await openTable(build.tables.passages.root, { version: manifest.passagesVersion }),
    textAttributes: build.info.mapping.attributes.flatMap(({ name, type }) =>
      type === 'string' ? [name] : [],
    ),
  };
}

/** The table of the records' themes. Throws with exit code 66 where the version is older than it. */
export function recordThemesOf({ recordThemes }: ThemeTables): Snapshot {
  if (recordThemes) return recordThemes;
  throw new ThroughlineError('the themes were made before records had themes', {
    code: 'themes_old',
    exitCode: EXIT.noInput,
    hint: 'Make them anew, with the ids that they have: throughline themes fit',
  });
}

export function themesMissing({ root }: Lake): ThroughlineError {
  return new ThroughlineError(`the lake ${root} has no themes yet`, {
    code: 'themes_missing',
    exitCode: EXIT.noInput,
    hint: 'Find them: throughline run',
  });
}

async function readThemes(
  session: Session,
  { themes, passages }: ThemeTables,
  where: string,
): Promise<Theme[]> {
  await using all = await relation(themes);
  const rows = await session.query(`SELECT * FROM (${all.sql}) ${where} ORDER BY size DESC, id`);
  const shown = rows.flatMap((row) => row.representatives as string[]);
  const texts = await passagesById(session, passages, shown);
  return rows.map((row) => ({
    id: String(row.id),
    kind: row.kind === 'noise' ? 'noise' : 'theme',
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
  }));
}

/** Those that are there. */
export async function passagesById(
  session: Session,
  passages: Snapshot,
  ids: readonly string[],
): Promise<Map<string, ThemePassage>> {
  if (ids.length === 0) return new Map();
  const values = [...new Set(ids)];
  await using found = await relation(passages, { where: [{ column: '_passage', op: 'in', values }] });
  const rows = await session.query(
    `SELECT _passage, _id, _text FROM ${found.sql} WHERE _passage IN (${values.map(quoteLiteral).join(', ')})`,
  );
  return new Map(rows.map((row) => [String(row._passage), passageOf(row)]));
}

function passageOf(row: Record<string, unknown>): ThemePassage {
  return { passageId: String(row._passage), recordId: String(row._id), text: String(row._text) };
}

const SHOWN_VALUES = 5;

async function attributeShares(
  session: Session,
  members: string,
  names: readonly string[],
): Promise<ThemeDetail['attributes']> {
  const shares: ThemeDetail['attributes'] = {};
  for (const name of names) {
    const rows = await session.query(
      `SELECT "${name}" AS value, count(*) / sum(count(*)) OVER () AS share FROM (${members}) WHERE "${name}" IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${SHOWN_VALUES}`,
    );
    shares[name] = rows.map((row) => ({ value: String(row.value), share: Number(row.share) }));
  }
  return shares;
}

async function unknownTheme(
  session: Session,
  { themes }: ThemeTables,
  id: string,
): Promise<ThroughlineError> {
  await using all = await relation(themes);
  const rows = await session.query(`SELECT id FROM (${all.sql}) ORDER BY id`);
  const ids = rows.map((row) => String(row.id));
  const near = suggest(id, ids);
  return new ThroughlineError(`there is no theme ${id}${near ? `: did you mean ${near}?` : ''}`, {
    code: 'theme_missing',
    exitCode: EXIT.usage,
    hint: `There are ${ids.length}: throughline themes`,
  });
}
