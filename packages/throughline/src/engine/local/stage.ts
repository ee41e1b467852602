/**
 * Staging: one pass over the source into DuckDB, where every row gets its place in source order, its chunk and its
 * part of the chunk's digest. Chunks are then read one by one without touching the source again.
 * Memory is bounded by DuckDB's limit, not by the source.
 */
import type { Prepared } from '../../run/prepare.ts';
import { hasNoOrder } from '../../source/has-no-order.ts';
import { requireColumnRule } from '../column-rule.ts';
import type { Staged, StageOptions } from '../engine.ts';
import { assignChunks } from './assign-chunks.ts';
import { checkTransform } from './check-transform.ts';
import { ruleFor } from './chunk-rule.ts';
import { filterRows, takeSample } from './filter-rows.ts';
import { listChunks } from './list-chunks.ts';
import { readSource } from './read-source.ts';
import type { Session } from './session.ts';
import { stagedColumns } from './staged-columns.ts';

/** Leaves the tables `staged` (OWN.row, OWN.chunk, OWN.file, columns) and `rejects` in the session. */
export async function stage(
  session: Session,
  prepared: Pick<Prepared, 'config' | 'mapping' | 'files' | 'directory'> &
    Partial<Pick<Prepared, 'forgotten'>>,
  { rule: given, sample }: StageOptions,
  signal?: AbortSignal,
): Promise<Staged> {
  const { config, mapping, forgotten = [] } = prepared;
  const read = await readSource(session, prepared, stagedColumns(config, mapping), signal);
  const { rows: sourceRows, columns } = read;
  await filterRows(session, config, mapping, forgotten);
  // Before the sample is cut: a sample is of the chunks that the whole would have.
  const rule = await ruleFor(session, config, mapping, given);
  if (hasNoOrder(config.source)) requireColumnRule(rule, config.source.type);
  if (sample !== undefined) await takeSample(session, sample);
  const windows = await assignChunks(session, config, mapping, rule);
  const chunks = await listChunks(session, config, mapping, windows);
  await checkTransform(session, config, mapping);
  const kept = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  return {
    rule,
    chosen: config.chunk === undefined,
    chunks,
    sourceRows,
    filtered: sourceRows - kept,
    columns,
  };
}
