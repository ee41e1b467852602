/** All checks of the config on a build, before it may be promoted. */
import { openTable, relation, type Snapshot } from '@throughline/delta';
import type { Config } from '../config/index.ts';
import { openSession, type Session } from '../engine/local/session.ts';
import { type Build, existingBuild } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { readManifest } from '../search/manifest.ts';
import type { SourceColumn } from '../source/source-columns.ts';
import { type Counts, checkCounts } from './check-counts.ts';
import type { Promised } from './check-embeddings.ts';
import { checkRows } from './check-rows.ts';
import { checkSchema } from './check-schema.ts';
import { checkTable, isTableCheck } from './check-tables.ts';
import type { CheckResult } from './results.ts';
import { nameOf, rowConditions } from './row-conditions.ts';

export interface CheckedBuild {
  build: Build;
  checks: Config['quality'];
  transform: Config['transform'];
  /** What the run has read; undefined where nobody has touched the source since a run whose counts added up. */
  counts: Counts | undefined;
  /** Rows of the source that its filter keeps. */
  sourceRows: number;
  /** Columns of the source, of this run and of the last one that ended well. */
  columns: { now: readonly SourceColumn[] | undefined; before: readonly SourceColumn[] | undefined };
  promised: Promised;
  /** Whether other columns are the right ones from now on. */
  acceptSchema: boolean;
  /** Folder that paths in the config start from. */
  directory: string;
  /** Milliseconds since 1970 UTC. */
  runStarted: number;
}

/**
 * Those that are always on, then those of the config in its order; no rows are read where there are none of these. One pass over the records for all checks of single rows; each other
 * check is a query of its own. Memory: DuckDB's, which spills.
 */
export async function checkBuild(lake: Lake, checked: CheckedBuild): Promise<CheckResult[]> {
  const { counts, transform, checks } = checked;
  const always = counts ? checkCounts(counts, transform) : [];
  return checks.length === 0 ? always : [...always, ...(await checkConfigured(lake, checked))];
}

async function checkConfigured(
  lake: Lake,
  { build, checks, directory, runStarted, sourceRows, columns, acceptSchema, promised }: CheckedBuild,
): Promise<CheckResult[]> {
  const { tables, info } = build;
  await using session = await openSession();
  await using records = await relation(tables.records);
  await using passages = await relation(tables.passages);
  await using deadLetters = await relation(tables.dead_letters);
  const conditions = rowConditions(checks, info.mapping);
  const before = checks.some(needsBefore) ? await servingPassages(lake) : undefined;
  const rows = await checkRows(session, records.sql, conditions);
  const all = {
    ...{
      session,
      mapping: info.mapping,
      directory,
      runStarted,
      sourceRows,
      promised,
      passages: tables.passages,
    },
    sql: { records: records.sql, passages: passages.sql, dead_letters: deadLetters.sql },
    recordsBefore: before && (await recordsOf(session, before.passages)),
    passagesBefore: before?.passages,
    isSameModel: before?.modelDigest === info.modelDigest,
  };
  const results: CheckResult[] = [];
  for (const check of checks) {
    // Names are unique: the config sees to it.
    const found = rows.find(({ name }) => name === nameOf(check));
    if (check.check === 'schema') results.push(checkSchema(check, { ...columns, accepted: acceptSchema }));
    else if (isTableCheck(check)) results.push(await checkTable(check, all));
    else if (found) results.push(found);
  }
  return results;
}

/** Sentences for what must keep the build from being promoted. */
export function failures(results: readonly CheckResult[]): string[] {
  return results.flatMap((result) =>
    result.severity === 'fail' && result.status === 'failed' ? [sentence(result)] : [],
  );
}

/** What a check found, as one sentence. */
export function sentence({ name, observed, expected, sample, detail }: CheckResult): string {
  const some = sample.length === 0 ? '' : `, such as ${sample.slice(0, 3).join(', ')}`;
  const parts = detail === undefined ? '' : ` (${detail})`;
  return `quality check ${name}: found ${observed ?? 'nothing'}${parts}, expected ${expected}${some}`;
}

function needsBefore(check: Config['quality'][number]): boolean {
  return (
    check.check === 'drift' ||
    check.check === 'length_change' ||
    (check.check === 'row_count' && check.change !== undefined)
  );
}

/** The passages that serve, at the version that their index was made of; undefined before the first run. */
async function servingPassages(lake: Lake): Promise<{ passages: Snapshot; modelDigest: string } | undefined> {
  const { index } = await readCurrent(lake);
  const manifest = index === undefined ? undefined : await readManifest(lake, index);
  if (!manifest) return undefined;
  const { tables } = await existingBuild(lake, manifest.build);
  const passages = await openTable(tables.passages.root, { version: manifest.passagesVersion });
  return { passages, modelDigest: manifest.modelDigest };
}

/** Every record has a first passage. */
async function recordsOf(session: Session, passages: Snapshot): Promise<number> {
  await using rows = await relation(passages);
  const [row] = await session.query(`SELECT count(*) AS records FROM ${rows.sql} WHERE _ordinal = 0`);
  return Number(row!.records);
}
