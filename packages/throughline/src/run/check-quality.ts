/** Checks at the point where a run could promote what it has published: those that are always on, and those of `quality:`. */
import type { Ledger } from '../chunk/ledger.ts';
import type { Staged } from '../engine/engine.ts';
import type { Build } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import { committedAttempt } from '../lake/publish.ts';
import { rowsOfChunks } from '../lake/rows-of-chunks.ts';
import { committedPositions } from '../lake/stream-commit.ts';
import {
  type CheckResult,
  type Counts,
  checkBuild,
  failures,
  recordResults,
  sentence,
} from '../quality/index.ts';
import { isMark } from '../source/copy-marks.ts';
import type { SourceColumn } from '../source/source-columns.ts';
import { addedNow, addsColumns } from './added-columns.ts';
import { knownColumns } from './known-columns.ts';
import { isPublished } from './pending.ts';
import type { Prepared } from './prepare.ts';
import type { RunResult } from './result.ts';
import type { RunEffects } from './run-effects.ts';
import type { RunOptions } from './run-options.ts';

export interface QualityContext {
  result: Pick<RunResult, 'unmet' | 'sourceRows' | 'filtered'>;
  runId: string;
  /** Milliseconds since 1970 UTC. */
  started: number;
  options: RunOptions;
  effects: RunEffects;
  /** What this run knows of the source and of its chunks; absent where nobody has touched the source since a complete run. */
  read?: { staged: Staged; ledger: Ledger };
  /** Columns of the source now; undefined where nobody has looked, or it has none. */
  columns?: readonly SourceColumn[] | undefined;
}

/** What the checks came to, which is in the table `quality` as well; `unmet` has what was unmet before, and what may not be promoted for them. */
export async function checkQuality(
  lake: Lake,
  build: Build,
  { config, directory, model, spec }: Prepared,
  { result, runId, started, options, effects, read, columns }: QualityContext,
): Promise<{ quality: CheckResult[]; unmet: string[] }> {
  const { reporter, clock } = effects;
  const checks = config.quality;
  if (checks.length > 0) reporter.info?.(`Checking the quality of the records: ${checks.length} checks ...`);
  const isSchemaChecked = checks.some(({ check }) => check === 'schema');
  const quality = await checkBuild(lake, {
    ...{ build, directory, checks, runStarted: started, transform: config.transform },
    // A stream changes chunks while they are counted.
    counts: read && !isFollowed(lake, build) ? await countsOf(lake, build, read) : undefined,
    sourceRows: result.sourceRows - result.filtered,
    columns: {
      now: columns,
      before: isSchemaChecked ? await knownColumns(lake) : undefined,
      ...(columns && addsColumns(config) && { added: await addedNow(lake, config, columns) }),
    },
    promised: {
      dimension: model.dimension,
      normalised: spec.normalize !== false,
      truncates: config.split.mode === 'truncate',
    },
    acceptSchema: options.acceptSchema === true,
  });
  await recordResults(lake, { run: runId, build: build.info.digest }, quality, clock);
  for (const one of quality)
    if (one.status === 'failed' && one.severity === 'warn') reporter.warning(sentence(one));
  return { quality, unmet: [...result.unmet, ...failures(quality)] };
}

/** Whether a stream was ever followed into the build. */
function isFollowed({ pipeline }: Lake, build: Build): boolean {
  return [...committedPositions(pipeline.id, build).keys()].some((name) => !isMark(name));
}

/** Of the chunks whose last publication is of the rows that the source has: others are told of as failed, or are left to other runs. */
async function countsOf(
  { pipeline }: Lake,
  build: Build,
  { staged, ledger: { states } }: NonNullable<QualityContext['read']>,
): Promise<Counts> {
  const committed = (chunk: string) => committedAttempt(pipeline.id, build, chunk);
  const [records, passages, dead_letters] = await Promise.all([
    rowsOfChunks(build.tables.records),
    rowsOfChunks(build.tables.passages),
    rowsOfChunks(build.tables.dead_letters),
  ]);
  return {
    ...{ sourceRows: staged.sourceRows, filtered: staged.filtered },
    staged: staged.chunks.reduce((sum, { rows }) => sum + rows, 0),
    published: staged.chunks
      .filter((chunk) => isPublished(chunk, { states, committed }))
      .map(({ id, rows }) => {
        const { records = 0, passages = 0, deadLetters = 0, dropped = 0 } = states.get(id)!.done!;
        return { id, rows, records, passages, deadLetters, dropped };
      }),
    tables: { records, passages, dead_letters },
  };
}
