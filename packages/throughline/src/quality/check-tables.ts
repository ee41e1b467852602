/** Checks of a table as a whole. */
import { resolve } from 'node:path';
import { quoteIdentifier, quotePath, relation, type Snapshot } from '@throughline/delta';
import { durationMs } from '../config/index.ts';
import { openSession, type Session } from '../engine/local/session.ts';
import { asThroughlineError, EXIT, ThroughlineError } from '../error.ts';
import { duckDbString } from '../filter/duckdb.ts';
import type { Mapping } from '../source/mapping.ts';
import { checkDrift } from './check-drift.ts';
import { checkDuplicates } from './check-duplicates.ts';
import { checkEmbeddings, type Promised } from './check-embeddings.ts';
import { checkLanguage } from './check-language.ts';
import { checkLengthChange } from './check-length-change.ts';
import { columnOf } from './column-of.ts';
import type { Found } from './found.ts';
import type { CheckResult } from './results.ts';
import { nameOf, type QualityCheck, textColumnOf } from './row-conditions.ts';

export interface CheckedTables {
  session: Session;
  /** Table expressions. */
  sql: Record<'records' | 'passages' | 'dead_letters', string>;
  passages: Snapshot;
  /** Of the vectors. */
  promised: Promised;
  mapping: Mapping;
  /** Folder that paths in the config start from. */
  directory: string;
  /** Rows of the source that its filter keeps. */
  sourceRows: number;
  /** Records of the last run that was promoted; undefined before the first. */
  recordsBefore: number | undefined;
  /** The passages that serve; undefined before the first run. */
  passagesBefore: Snapshot | undefined;
  /** Whether both were embedded by the same model. */
  isSameModel: boolean;
  /** Milliseconds since 1970 UTC. */
  runStarted: number;
}

const KINDS = [
  ...(['unique', 'row_count', 'freshness', 'relationships', 'sql'] as const),
  ...(['language', 'duplicates', 'length_change', 'embeddings', 'drift'] as const),
] as const;

type TableCheck = Extract<QualityCheck, { check: (typeof KINDS)[number] }>;

export function isTableCheck(check: QualityCheck): check is TableCheck {
  return (KINDS as readonly string[]).includes(check.check);
}

/** Throws with exit code 78 where a query or a file of the config cannot be read. */
export async function checkTable(check: TableCheck, tables: CheckedTables): Promise<CheckResult> {
  const { sample = [], ...found } = await findOut(check, tables).catch((error) => {
    throw unreadable(check, error);
  });
  return { check: check.check, name: nameOf(check), severity: check.severity, ...found, sample };
}

function findOut(check: TableCheck, tables: CheckedTables): Promise<Found> {
  switch (check.check) {
    case 'unique':
      return unique(check, tables);
    case 'row_count':
      return rowCount(check, tables);
    case 'freshness':
      return freshness(check, tables);
    case 'relationships':
      return relationships(check, tables);
    case 'sql':
      return ownSql(check, tables);
    case 'language':
    case 'duplicates':
      return ofTexts(check, tables);
    case 'length_change':
      return lengthChange(check, tables);
    case 'embeddings':
      return checkEmbeddings(check, tables.promised, { session: tables.session, ...tables.sql });
    case 'drift':
      return checkDrift(check, tables);
  }
}

const SAMPLE = 10;

function rowsWrong(wrong: number, sample: string[]): Found {
  return { status: wrong === 0 ? 'passed' : 'failed', observed: wrong, expected: '0 rows', sample };
}

/** As dbt's: of a value that is there twice all rows count; nulls are no values. */
async function unique(
  { column }: { column: string },
  { session, sql, mapping }: CheckedTables,
): Promise<Found> {
  const name = quoteIdentifier(columnOf(column, mapping));
  const repeated = `SELECT ${name} AS value, count(*) AS rows FROM ${sql.records} AS r WHERE ${name} IS NOT NULL GROUP BY 1 HAVING count(*) > 1`;
  const [row] = await session.query(`SELECT coalesce(sum(rows), 0) AS wrong FROM (${repeated})`);
  const some = await session.query(
    `SELECT value FROM (${repeated}) ORDER BY rows DESC, value LIMIT ${SAMPLE}`,
  );
  return rowsWrong(
    Number(row!.wrong),
    some.map(({ value }) => String(value)),
  );
}

async function rowCount(
  { min, max, change, ofSource }: Extract<TableCheck, { check: 'row_count' }>,
  { session, sql, recordsBefore, sourceRows }: CheckedTables,
): Promise<Found> {
  const [row] = await session.query(`SELECT count(*) AS rows FROM ${sql.records} AS r`);
  const rows = Number(row!.rows);
  const before = change === undefined ? undefined : recordsBefore;
  const least = Math.max(
    min ?? 0,
    before === undefined ? 0 : Math.ceil(before * (1 - change!)),
    Math.ceil(sourceRows * (ofSource ?? 0)),
  );
  const most = Math.min(
    max ?? Number.POSITIVE_INFINITY,
    before === undefined ? Number.POSITIVE_INFINITY : Math.floor(before * (1 + change!)),
  );
  const expected =
    most === Number.POSITIVE_INFINITY ? `at least ${least} records` : `${least} to ${most} records`;
  return { status: rows >= least && rows <= most ? 'passed' : 'failed', observed: rows, expected };
}

function ofTexts(
  check: Extract<TableCheck, { check: 'language' | 'duplicates' }>,
  { session, sql, mapping }: CheckedTables,
): Promise<Found> {
  const from = { session, records: sql.records, column: textColumnOf(check.column ?? 'text', mapping) };
  return check.check === 'language' ? checkLanguage(check, from) : checkDuplicates(check, from);
}

async function lengthChange(
  check: Extract<TableCheck, { check: 'length_change' }>,
  { session, sql, passagesBefore }: CheckedTables,
): Promise<Found> {
  await using before = passagesBefore && (await relation(passagesBefore));
  return await checkLengthChange(check, { session, now: sql.passages, before: before?.sql });
}

const HOUR_MS = 3_600_000;

async function freshness(
  { max }: { max: string },
  { session, sql, runStarted }: CheckedTables,
): Promise<Found> {
  const [row] = await session.query(`SELECT epoch_ms(max(_at)) AS newest FROM ${sql.records} AS r`);
  const expected = `newest record at most ${max} old`;
  if (row!.newest === null) return { status: 'failed', observed: null, expected };
  const age = runStarted - Number(row!.newest);
  const status = age <= durationMs(max) ? 'passed' : 'failed';
  return { status, observed: Math.round((age / HOUR_MS) * 10) / 10, expected: `${expected} (hours)` };
}

const READERS: Record<string, (path: string) => string> = {
  csv: (path) => `read_csv(${path}, all_varchar = true, header = true)`,
  parquet: (path) => `read_parquet(${path})`,
  jsonl: (path) => `read_json(${path}, format = 'newline_delimited')`,
};

async function relationships(
  { column, to, field }: Extract<TableCheck, { check: 'relationships' }>,
  { session, sql, mapping, directory }: CheckedTables,
): Promise<Found> {
  const reader = READERS[/\.(csv|parquet|jsonl)$/i.exec(to)?.[1]?.toLowerCase() ?? ''];
  if (!reader) throw new Error(`${to} is no file of csv, parquet or jsonl`);
  const name = quoteIdentifier(columnOf(column, mapping));
  const known = `SELECT CAST(${quoteIdentifier(field)} AS VARCHAR) FROM ${reader(quotePath(resolve(directory, to)))}`;
  const orphan = `FROM ${sql.records} AS r WHERE ${name} IS NOT NULL AND CAST(${name} AS VARCHAR) NOT IN (SELECT * FROM (${known}) AS k(v) WHERE v IS NOT NULL)`;
  const [row] = await session.query(`SELECT count(*) AS wrong ${orphan}`);
  const some = await session.query(
    `SELECT DISTINCT CAST(${name} AS VARCHAR) AS value ${orphan} ORDER BY 1 LIMIT ${SAMPLE}`,
  );
  return rowsWrong(
    Number(row!.wrong),
    some.map(({ value }) => String(value)),
  );
}

/** The query of the config, one SELECT, in a database of its own that has the three tables as views. */
async function ownSql({ query }: { query: string }, { sql, runStarted }: CheckedTables): Promise<Found> {
  await using session = await openSession();
  for (const [name, table] of Object.entries(sql))
    await session.query(`CREATE VIEW ${name} AS SELECT * FROM ${table} AS t`);
  const started = `CAST(${duckDbString(new Date(runStarted).toISOString())} AS TIMESTAMPTZ)`;
  const rows = `SELECT * FROM (${query.replace(/;\s*$/, '').replaceAll('$run_started', started)}\n) AS q`;
  await refuseMoreThanOne(session, rows);
  const [row] = await session.query(`SELECT count(*) AS wrong FROM (${rows})`);
  const some = await session.query(`SELECT * FROM (${rows}) LIMIT ${SAMPLE}`);
  const sample = some.map((one) => String(one._id ?? Object.values(one)[0] ?? ''));
  return rowsWrong(Number(row!.wrong), sample);
}

async function refuseMoreThanOne(session: Session, sql: string): Promise<void> {
  const { count } = await (await session.connect()).extractStatements(sql);
  if (count !== 1) throw new Error('it is more than one statement');
}

function unreadable(check: TableCheck, error: unknown): ThroughlineError {
  const { message } = asThroughlineError(error);
  return new ThroughlineError(`quality check ${nameOf(check)}: ${message.split('\n')[0]}`, {
    code: 'quality_check_broken',
    exitCode: EXIT.config,
    hint: 'Mend the check in the config (quality:), then run again: what was published is kept.',
    cause: error,
  });
}
