import type { LoadedConfig } from '../config/index.ts';
import { type DeadLetterFilter, readDeadLetters } from '../lake/dead-letters.ts';
import { existingLake, promotedOrNewestBuild } from '../lake/lake.ts';
import { lakeRootOf } from '../lake/lake-path.ts';
import { type RunEffects, type RunOptions, type RunResult, runPipeline } from '../run/index.ts';
import { isStream } from '../source/open-feed.ts';

export interface RetryResult {
  /** Dead letters that fitted before. */
  tried: number;
  /** Of these, those that are records now. */
  resolved: number;
  /** Of these, those that are dead letters still. */
  open: number;
  /** What the run did; undefined without dead letters that fit. */
  run: RunResult | undefined;
}

/**
 * Makes the chunks that hold the dead letters again, by today's code and config. Chunks that have left the source stay as they are. Texts that were embedded before are not
 * paid for again, so only what failed is computed anew; each chunk is published as in any run. Where the config has changed
 * in what shapes the tables, all chunks are made, as in any run after such a change. A dead letter is open as
 * long as its chunk's last publication has one of that id and code, or for a row without id, of that payload.
 *
 * A stream has no chunks to make: of each record the newest message that is still there is published once more, and the stream goes on to its end. Bounded
 * by the ids of the dead letters, and the messages of `follow.batch` of them.
 */
export async function retryDeadLetters(
  loaded: LoadedConfig,
  filter: DeadLetterFilter,
  effects: RunEffects,
): Promise<RetryResult> {
  const root = lakeRootOf(loaded.directory, loaded.config.lake);
  const before = await countByRow(root, filter);
  if (before.rows.size === 0) return { tried: 0, resolved: 0, open: 0, run: undefined };
  const how: RunOptions = isStream(loaded.config.source)
    ? { again: [...before.ids] }
    : { chunks: [...before.chunks], force: true, keepVanished: true };
  let run = await runPipeline(loaded, how, effects);
  // Settings that shape the tables have changed: those chunks are in another build now, which needs all the others too.
  if (run.build !== before.build) run = await runPipeline(loaded, {}, effects);
  const after = await countByRow(root, {});
  let [tried, open] = [0, 0];
  for (const [row, count] of before.rows) {
    tried += count;
    open += Math.min(count, after.rows.get(row) ?? 0);
  }
  return { tried, resolved: tried - open, open, run };
}

/** Bounded by the number of dead letters that fit: a digest-sized text, an id and a number for each. */
async function countByRow(
  lakeRoot: string,
  filter: DeadLetterFilter,
): Promise<{ build: string; rows: Map<string, number>; chunks: Set<string>; ids: Set<string> }> {
  const lake = await existingLake(lakeRoot);
  const rows = new Map<string, number>();
  const chunks = new Set<string>();
  const ids = new Set<string>();
  for await (const { chunk, id, code, payload } of readDeadLetters(lake, filter)) {
    const row = JSON.stringify([chunk, id ?? payload, code]);
    rows.set(row, (rows.get(row) ?? 0) + 1);
    chunks.add(chunk);
    if (id !== null) ids.add(id);
  }
  return { build: await promotedOrNewestBuild(lake), rows, chunks, ids };
}
