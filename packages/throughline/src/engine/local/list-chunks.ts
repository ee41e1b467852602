/** Staged chunks with what decides whether they have to run again. */
import { quoteIdentifier } from '@throughline/delta';
import { NO_CHUNK } from '../../chunk/chunk-id.ts';
import type { Config } from '../../config/index.ts';
import type { Mapping } from '../../source/mapping.ts';
import { OWN } from '../../source/own-columns.ts';
import type { StagedChunk } from '../engine.ts';
import type { Windows } from './assign-chunks.ts';
import type { Session } from './session.ts';
import { columnsNamed, stagedColumns } from './staged-columns.ts';

export async function listChunks(
  session: Session,
  config: Config,
  mapping: Mapping,
  windows: Windows,
): Promise<StagedChunk[]> {
  const rows = await session.query(`
    SELECT chunk AS id, sum(n)::BIGINT AS n, (sum(content) % 18446744073709551616)::UBIGINT AS content FROM (
      SELECT chunk, count(*) AS n, sum(content) AS content FROM (${contents(config, mapping)}) GROUP BY chunk
      UNION ALL
      SELECT '${NO_CHUNK}', count(*), sum(${hash64('to_json([file, line::VARCHAR, payload, reason])::VARCHAR')})
      FROM rejects HAVING count(*) > 0
    ) GROUP BY chunk ORDER BY chunk = '${NO_CHUNK}', chunk`);
  return rows.map((row) => ({
    id: String(row.id),
    rows: Number(row.n),
    digest: `${row.n}:${BigInt(row.content as bigint)
      .toString(16)
      .padStart(16, '0')}`,
    ...windows.get(String(row.id)),
  }));
}

/** chunk and content of every row; content has the rank among equals in it, where that is not the first. */
function contents(config: Config, mapping: Mapping): string {
  const keys = orderedKeys(config, mapping);
  if (keys.length === 0) return `SELECT ${OWN.chunk} AS chunk, ${OWN.content} AS content FROM staged`;
  // Hashes in place of keys, which may be long texts: windows hold their input.
  const narrow = keys.map((key, i) => `${keyHash(key)} AS k${i}`).join(', ');
  const ranks = keys
    .map(
      (_, i) =>
        `CASE WHEN k${i} IS NULL THEN 1 ELSE row_number() OVER (PARTITION BY chunk, k${i} ORDER BY place) END AS r${i}`,
    )
    .join(', ');
  const all = keys.map((_, i) => `r${i}`);
  return `SELECT chunk, CASE WHEN greatest(${all.join(', ')}) = 1 THEN content
      ELSE ${hash64(`concat_ws(':', content, ${all.join(', ')})`)} END AS content
    FROM (SELECT chunk, content, ${ranks} FROM (
      SELECT ${OWN.chunk} AS chunk, ${OWN.content} AS content, ${OWN.row} AS place, ${narrow} FROM staged))`;
}

/** The columns by which a later or an earlier row wins. After SQL the order is that of content, not of the source. */
function orderedKeys({ transform, ...config }: Config, mapping: Mapping): (readonly string[])[] {
  const sql = transform.findIndex((step) => 'sql' in step);
  const steps = sql < 0 ? transform : transform.slice(0, sql);
  const staged = stagedColumns({ transform, ...config }, mapping).map((column) => column.toLowerCase());
  const keys = steps.flatMap((step) => ('dedupe' in step ? [columnsNamed(step.dedupe, mapping)] : []));
  if (mapping.id !== undefined && sql < 0) keys.unshift([mapping.id]);
  // A column that is not there is an error of the transform, which is checked by itself.
  return keys.filter((key) => key.every((column) => staged.includes(column.toLowerCase())));
}

function keyHash(columns: readonly string[]): string {
  const cells = columns.map((column) => quoteIdentifier(column));
  return `CASE WHEN ${cells.map((cell) => `${cell} IS NOT NULL`).join(' OR ')} THEN substr(sha256(to_json([${cells.map((cell) => `sha256(${cell})`).join(', ')}])::VARCHAR), 1, 32) END`;
}

function hash64(text: string): string {
  return `('0x' || substr(sha256(${text}), 1, 16))::UBIGINT`;
}
