import type { LoadedConfig } from '../config/index.ts';
import type { Build } from '../lake/build.ts';
import { buildInfo } from '../lake/build-info.ts';
import type { Lake } from '../lake/lake.ts';
import { rowsOfChunks } from '../lake/rows-of-chunks.ts';
import { planPipeline } from '../run/plan.ts';
import type { Prepared } from '../run/prepare.ts';
import { untouchedSource } from '../run/source-mark.ts';
import type { SourceState } from './facts.ts';

/** Reads the source only where somebody has written to it since it was read, and never what only a cluster can read. */
export async function sourceState(
  lake: Lake,
  loaded: LoadedConfig,
  prepared: Prepared,
  build: Build | undefined,
): Promise<SourceState> {
  const rule = prepared.rule ?? lake.pipeline.rule;
  const isMade =
    rule !== undefined && buildInfo(prepared.config, rule, prepared, undefined).digest === build?.info.digest;
  const untouched = isMade ? await untouchedSource(lake, prepared, rule, undefined) : undefined;
  if (untouched) {
    const { chunks, sourceRows, filtered, vanished = [] } = untouched.mark;
    return { known: true, by: 'untouched', chunks, due: [], rows: sourceRows, filtered, vanished };
  }
  if (prepared.config.source.type === 'spark') return { known: false };
  const plan = await planPipeline(loaded, { ofTasks: true });
  const present = new Set(plan.chunks.map(({ id }) => id));
  const there = build ? [...(await rowsOfChunks(build.tables.records))] : [];
  return {
    ...{ known: true, by: 'read', chunks: plan.chunks.length },
    due: plan.chunks.filter(({ due }) => due).map(({ id }) => id),
    ...{ rows: plan.sourceRows, filtered: plan.filtered },
    vanished: there.flatMap(([id, rows]) => (rows > 0 && !present.has(id) ? [id] : [])),
  };
}
