import type { LoadedConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type DeadLetterFilter, readDeadLetters } from '../lake/dead-letters.ts';
import { existingLake, promotedOrNewestBuild } from '../lake/lake.ts';
import { lakeRootOf } from '../lake/lake-path.ts';
import { type RunEffects, type RunResult, runPipeline } from '../run/index.ts';
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
 * long as its chunk's last publication has one of that id and code, or for a row without id, of that payload. Throws with exit code 64 for a source
 * that is read by its changes alone.
 */
export async function retryDeadLetters(
  loaded: LoadedConfig,
  filter: DeadLetterFilter,
  effects: RunEffects,
): Promise<RetryResult> {
  if (isStream(loaded.config.source))
    throw new ThroughlineError('a stream brings each message once: its dead letters are not read again', {
      code: 'is_followed',
      exitCode: EXIT.usage,
      hint: 'Send the messages again; a record that comes of one takes the place of its dead letter. To see them: throughline dlq export',
    });
  const root = lakeRootOf(loaded.directory, loaded.config.lake);
  const before = await countByRow(root, filter);
  if (before.rows.size === 0) return { tried: 0, resolved: 0, open: 0, run: undefined };
  let run = await runPipeline(
    loaded,
    { chunks: [...before.chunks], force: true, keepVanished: true },
    effects,
  );
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

/** Bounded by the number of dead letters that fit: a digest-sized text and a number for each. */
async function countByRow(
  lakeRoot: string,
  filter: DeadLetterFilter,
): Promise<{ build: string; rows: Map<string, number>; chunks: Set<string> }> {
  const lake = await existingLake(lakeRoot);
  const rows = new Map<string, number>();
  const chunks = new Set<string>();
  for await (const { chunk, id, code, payload } of readDeadLetters(lake, filter)) {
    const row = JSON.stringify([chunk, id ?? payload, code]);
    rows.set(row, (rows.get(row) ?? 0) + 1);
    chunks.add(chunk);
  }
  return { build: await promotedOrNewestBuild(lake), rows, chunks };
}
