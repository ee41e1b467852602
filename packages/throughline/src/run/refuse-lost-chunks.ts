import type { Staged } from '../engine/engine.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { existingBuild } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { rowsOfChunks } from '../lake/rows-of-chunks.ts';

/**
 * Chunks that have left the source are kept in the tables that serve, and a build that new columns begin by themselves would not have them. Throws with
 * exit code 65 before anything is mapped, where there are such chunks; reads no rows.
 */
export async function refuseLostChunks(lake: Lake, build: string, { chunks }: Staged): Promise<void> {
  const { build: current } = await readCurrent(lake);
  if (current === undefined || current === build) return;
  const serving = await existingBuild(lake, current);
  const there = new Set(chunks.map(({ id }) => id));
  const lost = [...(await rowsOfChunks(serving.tables.records))]
    .filter(([id, rows]) => rows > 0 && !there.has(id))
    .map(([id]) => id)
    .sort();
  if (lost.length === 0) return;
  const some = lost.slice(0, 3).join(', ') + (lost.length > 3 ? ', ...' : '');
  throw new ThroughlineError(
    `new columns make all tables anew, and ${lost.length} chunks are no longer in the source: they would be gone (${some})`,
    {
      code: 'chunks_lost',
      exitCode: EXIT.badData,
      hint: 'Let them go: throughline run --accept-schema. Keep them without the new columns: added: warn.',
    },
  );
}
