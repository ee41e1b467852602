import { merge } from '@throughline/delta';
import { BUILD_TABLES, type Build } from '../lake/build.ts';
import { isForgotten, readForgotten } from '../lake/forgotten.ts';

/** Takes back what was published of records that were forgotten meanwhile: since `forgotten` was read, before the batch was made. */
export async function removeForgottenSince(
  lakeRoot: string,
  build: Build,
  { forgotten, ids, clock }: { forgotten: readonly string[]; ids: ReadonlySet<string>; clock: () => number },
): Promise<void> {
  const now = await readForgotten(lakeRoot);
  if (now.length === forgotten.length) return;
  const values = new Set([...ids].filter((id) => isForgotten(now, id)));
  if (values.size === 0) return;
  const info = { throughline: { forgot: {} } };
  for (const table of BUILD_TABLES) {
    const change = { operation: 'DELETE', add: [], info, without: { column: '_id', values } };
    build.tables[table] = (await merge(build.tables[table], change, { clock })).snapshot;
  }
}
