import { readmit } from '../lake/forgotten.ts';
import type { Lake } from '../lake/lake.ts';
import { unmarkSource } from '../run/source-mark.ts';
import { allBuilds } from './subject.ts';

/** Records may come in again: the next run reads the source, though nobody has touched it. Resolves to how many had been forgotten. */
export async function readmitRecords(
  lake: Lake,
  ids: ReadonlySet<string>,
  clock: () => number,
): Promise<number> {
  for (const build of await allBuilds(lake)) await unmarkSource(lake, build);
  return await readmit(lake, ids, clock);
}
