/** What people say of hits: rows of the table `feedback`, from which judgements are made. */
import { randomUUID } from 'node:crypto';
import { field, type StructType, struct } from '@throughline/delta';
import type { CheckedRequest } from '../api/index.ts';
import { appendRows } from '../lake/append-rows.ts';
import type { Lake } from '../lake/lake.ts';

const schema: StructType = struct([
  field('id', 'string'),
  field('at', 'timestamp'),
  field('by', 'string'),
  field('query', 'string'),
  field('record', 'string'),
  field('passage', 'string'),
  field('verdict', 'string'),
  field('mode', 'string'),
  field('rank', 'integer'),
  field('index', 'string'),
]);

const TABLE = 'feedback';

export type Feedback = CheckedRequest<'feedback'>['body'] & { by: string };

/** One commit; gives the id of the row. `clock` in milliseconds since 1970 UTC. */
export async function recordFeedback(
  lake: Lake,
  { by, query, recordId, passageId, verdict, mode, rank, index }: Feedback,
  clock: () => number,
): Promise<string> {
  const id = randomUUID();
  const at = BigInt(Math.round(clock())) * 1000n;
  const said = [passageId ?? null, verdict, mode ?? null, rank ?? null, index ?? null];
  await appendRows(lake, [[id, at, by, query, recordId, ...said]], { table: TABLE, schema, clock });
  return id;
}
