import type { Staged } from '../engine/engine.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { existingBuild } from '../lake/build.ts';
import { canonicalJson } from '../lake/canonical.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { rowsOfChunks } from '../lake/rows-of-chunks.ts';
import type { LookedAt } from './added-columns.ts';
import { isFollowing } from './pending.ts';
import { someOf } from './some-of.ts';

/**
 * Chunks that have left the source and are kept in the tables that serve: a build that added columns begin by themselves would not have them. None
 * where the serving build is that of `digest` or has the columns, nor where its chunks are cut otherwise, which is a change by hand. Reads no rows.
 */
export async function lostChunks(
  lake: Lake,
  added: LookedAt | undefined,
  digest: string,
  { rule, chunks }: Pick<Staged, 'rule' | 'chunks'>,
): Promise<string[]> {
  const { build } = await readCurrent(lake);
  // Its own tables: so it is with nearly every run, and nothing has to be opened.
  if (added === undefined || build === undefined || build === digest) return [];
  const { info, tables } = await existingBuild(lake, build);
  const has = new Set(info.mapping.attributes.map(({ column }) => column));
  const isNew = [...added.added, ...added.pending].some(({ column }) => !has.has(column));
  if (!isNew || canonicalJson(info.rule) !== canonicalJson(rule)) return [];
  const there = new Set(chunks.map(({ id }) => id));
  return [...(await rowsOfChunks(tables.records))]
    .filter(([id, rows]) => rows > 0 && !there.has(id) && !isFollowing(id))
    .map(([id]) => id)
    .sort();
}

export function lostText(lost: readonly string[]): string {
  return `new columns make all tables anew, without the ${lost.length} chunks that are no longer in the source: ${someOf(lost)}`;
}

export function lostError(lost: readonly string[]): ThroughlineError {
  return new ThroughlineError(lostText(lost), {
    code: 'chunks_lost',
    exitCode: EXIT.badData,
    hint: 'Let them go: throughline run --accept-schema. To keep them, name the columns that were added before under source.attributes, with optional: true, and say added: warn.',
  });
}
