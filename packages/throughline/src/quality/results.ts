/** What checks came to: rows of the table `quality`. */
import { array, field, relation, type StructType, struct } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { appendRows } from '../lake/append-rows.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { tableIfThere } from '../lake/table-if-there.ts';

export interface CheckResult {
  /** Kind of check, such as `not_null`. */
  check: string;
  /** Its name in this pipeline. */
  name: string;
  severity: 'warn' | 'reject' | 'fail';
  status: 'passed' | 'failed';
  /** What was found, in the unit of the check: rows that are wrong, records, hours, a p-value. Null where there was nothing to look at. */
  observed: number | null;
  /** What was asked for, such as `0 rows`. */
  expected: string;
  /** Ids of some that are wrong; of what is no row, its names. */
  sample: string[];
  /** What was found in parts, such as `email 8, phone 3`. */
  detail?: string | undefined;
}

export interface StoredResult extends CheckResult {
  run: string;
  build: string;
  /** Milliseconds since 1970 UTC. */
  at: number;
}

const TABLE = 'quality';

const schema: StructType = struct([
  field('run', 'string'),
  field('build', 'string'),
  field('at', 'timestamp'),
  field('check', 'string'),
  field('name', 'string'),
  field('severity', 'string'),
  field('status', 'string'),
  field('observed', 'double'),
  field('expected', 'string'),
  field('sample', array('string')),
  field('detail', 'string'),
]);

/** One commit. `clock` in milliseconds since 1970 UTC. */
export async function recordResults(
  lake: Lake,
  { run, build }: { run: string; build: string },
  results: readonly CheckResult[],
  clock: () => number,
): Promise<void> {
  const at = BigInt(Math.round(clock())) * 1000n;
  const rows = results.map(({ check, name, severity, status, observed, expected, sample, detail }) => [
    ...[run, build, at, check, name, severity, status, observed, expected],
    sample,
    detail ?? null,
  ]);
  await appendRows(lake, rows, { table: TABLE, schema, clock });
}

/** The newest first; those of one run in the order of its config. */
export async function listResults(
  lake: Lake,
  { limit, run, failed = false }: { limit: number; run?: string | undefined; failed?: boolean | undefined },
): Promise<StoredResult[]> {
  const snapshot = await tableIfThere(lakePath(lake.root, TABLE));
  if (!snapshot) return [];
  await using session = await openSession();
  await using all = await relation(snapshot);
  const rows = await session.query(`SELECT * FROM ${all.sql} ORDER BY "at" DESC, run DESC`);
  return rows
    .map((row) => ({
      run: String(row.run),
      build: String(row.build),
      at: (row.at as Date).getTime(),
      check: String(row.check),
      name: String(row.name),
      severity: row.severity as CheckResult['severity'],
      status: row.status as CheckResult['status'],
      observed: row.observed === null ? null : Number(row.observed),
      expected: String(row.expected),
      sample: (row.sample as string[] | null) ?? [],
      ...(row.detail == null ? {} : { detail: String(row.detail) }),
    }))
    .filter((row) => (run === undefined || row.run === run) && (!failed || row.status === 'failed'))
    .slice(0, limit);
}
