/**
 * Records that were forgotten on request: digests of their ids, so that the source may go on having them and they do not come back.
 * The ids themselves are kept nowhere.
 */
import { createHash } from 'node:crypto';
import { field, merge, type StructType, scan, struct } from '@throughline/delta';
import { appendRows } from './append-rows.ts';
import type { Lake } from './lake.ts';
import { lakePath } from './lake-path.ts';
import { tableIfThere } from './table-if-there.ts';

const schema: StructType = struct([field('digest', 'string'), field('at', 'timestamp')]);

const TABLE = 'forgotten';

/** sha256 of the id in UTF-8, hex: what SQL of every engine makes of it, too. */
function idDigest(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}

/** Whether the digests have that of the id. */
export function isForgotten(digests: readonly string[], id: string): boolean {
  return digests.includes(idDigest(id));
}

/** Digests of all that were forgotten, sorted; memory is theirs. */
export async function readForgotten(lakeRoot: string): Promise<string[]> {
  const snapshot = await tableIfThere(lakePath(lakeRoot, TABLE));
  const digests = new Set<string>();
  if (!snapshot) return [];
  for await (const { columns } of scan(snapshot, { columns: ['digest'] }))
    for (const digest of columns.digest as string[]) digests.add(digest);
  return [...digests].sort();
}

/** One commit for those that are new. `clock` in milliseconds since 1970 UTC. */
export async function markForgotten(
  lake: Lake,
  ids: ReadonlySet<string>,
  clock: () => number,
): Promise<void> {
  const known = new Set(await readForgotten(lake.root));
  const at = BigInt(Math.round(clock())) * 1000n;
  const fresh = [...ids].map(idDigest).filter((digest) => !known.has(digest));
  await appendRows(
    lake,
    fresh.map((digest) => [digest, at]),
    { table: TABLE, schema, clock },
  );
}

/** They may come again, with the next run that finds them. Resolves to how many had been forgotten. */
export async function readmit(lake: Lake, ids: ReadonlySet<string>, clock: () => number): Promise<number> {
  const snapshot = await tableIfThere(lakePath(lake.root, TABLE));
  if (!snapshot) return 0;
  const without = { column: 'digest', values: new Set([...ids].map(idDigest)) };
  return (await merge(snapshot, { operation: 'DELETE', add: [], without }, { clock })).removedRows;
}
