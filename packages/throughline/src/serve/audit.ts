/** What holders of the scope admin have done: one row of the table `audit` for each action, also for one that failed. */
import { field, relation, type StructType, struct } from '@throughline/delta';
import type { AnswerOf } from '../api/index.ts';
import { openSession } from '../engine/local/session.ts';
import { appendRows } from '../lake/append-rows.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { tableIfThere } from '../lake/table-if-there.ts';

const TABLE = 'audit';

const schema: StructType = struct([
  field('at', 'timestamp'),
  field('key', 'string'),
  field('operation', 'string'),
  field('request', 'string'),
  field('outcome', 'string'),
  field('request_id', 'string'),
]);

type Action = AnswerOf<'audit'>['actions'][number];

export async function recordAction(
  lake: Lake,
  { key, operation, request, outcome, requestId }: Omit<Action, 'at'>,
  clock: () => number,
): Promise<void> {
  const at = BigInt(Math.round(clock())) * 1000n;
  const row = [at, key, operation, request, outcome, requestId];
  await appendRows(lake, [row], { table: TABLE, schema, clock });
}

/** The newest first. */
export async function listActions(lake: Lake, limit: number): Promise<Action[]> {
  const snapshot = await tableIfThere(lakePath(lake.root, TABLE));
  if (!snapshot) return [];
  await using session = await openSession();
  await using all = await relation(snapshot);
  const rows = await session.query(`SELECT * FROM ${all.sql} ORDER BY "at" DESC, request_id LIMIT ${limit}`);
  return rows.map((row) => ({
    at: (row.at as Date).toISOString(),
    key: String(row.key),
    operation: String(row.operation),
    request: String(row.request),
    outcome: String(row.outcome),
    requestId: String(row.request_id),
  }));
}
