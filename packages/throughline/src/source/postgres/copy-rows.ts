/**
 * Rows of a Postgres table, view or SELECT as files, by COPY: all of one snapshot, a large table in ranges of its blocks by several connections
 * at once. Blocks need no index and are of equal size whatever the keys are. Memory: one buffer for each connection.
 */
import { join } from 'node:path';
import { quoteIdentifier } from '@throughline/delta';
import type { SourceConfig } from '../../config/index.ts';
import { requiredColumns } from '../mapping.ts';
import { requireColumns } from '../relation.ts';
import type { SourceColumn } from '../source-columns.ts';
import { connect } from './connect.ts';
import { copiedSql, copyTo } from './copied-file.ts';
import { databaseSource } from './database-source.ts';
import { deletedSql } from './watched-table.ts';

const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
/** Connections that copy. */
const CONNECTIONS = 4;
/** Blocks of 8 kB below which more connections cost more than they save. */
const FEW_BLOCKS = 2_000;

export interface CopiedRows {
  /** A call of DuckDB's reader: the wanted columns, all VARCHAR. */
  sql: string;
  columns: SourceColumn[];
}

/** Files are left in `directory`. Throws with exit code 66 where there is no such table, 78 for a column that is not there. */
export async function copyRows(
  source: SourceConfig,
  wanted: readonly string[],
  { directory, signal }: { directory: string; signal?: AbortSignal | undefined },
): Promise<CopiedRows> {
  // One range that fails ends the others: their files are of no use.
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  await using first = await connect(source.url!, stop);
  await first.run(first.client.query(BEGIN));
  const { from, blocks, columns, name } = await databaseSource(first, source);
  const there = columns.map((column) => column.name);
  requireColumns(name, there, requiredColumns(source, wanted));
  const texts = wanted
    .map((column) => (there.includes(column) ? `${quoteIdentifier(column)}::text` : 'NULL::text'))
    .join(', ');
  const deleted = source.changes?.deleted;
  const live = `NOT ${deletedSql(deleted === undefined ? undefined : quoteIdentifier(deleted))}`;
  const select = (where: string) => `SELECT ${texts} FROM ${from} WHERE ${where}${live}`;
  const ranges = blockRanges(blocks);
  const files = ranges.map((_, i) => join(directory, `postgres-${i}.csv`));
  const [snapshot] = (await first.run(first.client.query('SELECT pg_export_snapshot() AS id'))).rows as {
    id: string;
  }[];
  const copying = ranges.map(async (where, i) => {
    if (i === 0) return await first.run(copyTo(first.client, select(where), files[i]!));
    await using other = await connect(source.url!, stop);
    await other.run(other.client.query(BEGIN));
    await other.run(other.client.query(`SET TRANSACTION SNAPSHOT '${snapshot!.id}'`));
    await other.run(copyTo(other.client, select(where), files[i]!));
  });
  try {
    await Promise.all(copying);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(copying);
    throw error;
  }
  return { sql: copiedSql(files, wanted), columns };
}

/** Beginnings of a condition that cut a table into as many parts as there are connections; the last part has what has been added since it was counted. */
export function blockRanges(blocks: number | undefined): string[] {
  if (blocks === undefined || blocks < FEW_BLOCKS) return [''];
  const size = Math.ceil(blocks / CONNECTIONS);
  return Array.from({ length: CONNECTIONS }, (_, i) => {
    const until = i === CONNECTIONS - 1 ? '' : ` AND ctid < '(${(i + 1) * size},0)'::tid`;
    return `ctid >= '(${i * size},0)'::tid${until} AND `;
  });
}
