/**
 * Dead letters that somebody has looked at and given up. Their rows in the tables stay as they are; this table of the
 * lake names them by key, so a decision holds as long as the same row meets the same fate, also after a replay.
 */
import { type Snapshot, scan } from '@throughline/delta';
import { appendRows } from './append-rows.ts';
import type { Build } from './build.ts';
import { readDeadLettersOf } from './dead-letters.ts';
import type { Lake } from './lake.ts';
import { lakePath } from './lake-path.ts';
import { droppedSchema } from './schemas.ts';
import { tableIfThere } from './table-if-there.ts';

const TABLE = 'dropped';

/** Keys of all that were dropped; bounded by their number. */
export async function droppedKeys(lake: Lake): Promise<Set<string>> {
  const keys = new Set<string>();
  const snapshot = await droppedTable(lake);
  if (!snapshot) return keys;
  for await (const { columns } of scan(snapshot, { columns: ['key'] })) {
    for (const key of columns.key as string[]) keys.add(key);
  }
  return keys;
}

/** How many dead letters of the build were dropped. */
export async function countDropped(lake: Lake, build: Build): Promise<number> {
  const keys = await droppedKeys(lake);
  if (keys.size === 0) return 0;
  let count = 0;
  for await (const { key } of readDeadLettersOf(build.tables.dead_letters, {})) if (keys.has(key)) count++;
  return count;
}

/** One commit for all. `clock` in milliseconds since 1970 UTC. */
export async function dropKeys(
  lake: Lake,
  keys: readonly string[],
  note: string | undefined,
  clock: () => number,
): Promise<void> {
  const at = BigInt(clock()) * 1000n;
  const rows = keys.map((key) => [key, at, note ?? null]);
  await appendRows(lake, rows, { table: TABLE, schema: droppedSchema, clock });
}

/** Undefined where nothing was ever dropped. */
export function droppedTable(lake: Lake): Promise<Snapshot | undefined> {
  return tableIfThere(lakePath(lake.root, TABLE));
}
