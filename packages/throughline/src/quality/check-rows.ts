/** Conditions of single rows, counted over the records table in one pass. */
import { quoteIdentifier } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import { toDuckDb } from '../filter/index.ts';
import type { CheckResult } from './results.ts';
import type { RowCondition } from './row-conditions.ts';

const SAMPLE = 10;

/** `records`: a table expression. Rows are read again only for a sample of what is wrong. */
export async function checkRows(
  session: Session,
  records: string,
  conditions: readonly RowCondition[],
): Promise<CheckResult[]> {
  // What was rejected is not in the table.
  const left = conditions.filter(({ check }) => check.severity !== 'reject');
  if (left.length === 0) return [];
  const bad = left.map(({ good }) => `NOT ${toDuckDb(good, quoteIdentifier)}`);
  const counts = bad.map((condition, i) => `count(*) FILTER (WHERE ${condition}) AS c${i}`).join(', ');
  const [row] = await session.query(`SELECT ${counts} FROM ${records} AS r`);
  const results: CheckResult[] = [];
  for (const [i, { check, name }] of left.entries()) {
    const wrong = Number(row![`c${i}`]);
    results.push({
      ...{ check: check.check, name, severity: check.severity, expected: '0 rows' },
      status: wrong === 0 ? 'passed' : 'failed',
      observed: wrong,
      sample: wrong === 0 ? [] : await idsOf(session, records, bad[i]!),
    });
  }
  return results;
}

/** Ids of some rows that meet the condition, in their order. */
async function idsOf(session: Session, records: string, condition: string): Promise<string[]> {
  const rows = await session.query(
    `SELECT DISTINCT _id FROM ${records} AS r WHERE ${condition} ORDER BY _id LIMIT ${SAMPLE}`,
  );
  return rows.map(({ _id }) => String(_id));
}
