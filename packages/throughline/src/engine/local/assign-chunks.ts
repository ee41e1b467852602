import { quoteIdentifier } from '@throughline/delta';
import { NO_CHUNK } from '../../chunk/chunk-id.ts';
import { chunkOf } from '../../chunk/chunk-of.ts';
import type { ChunkRule } from '../../chunk/plan.ts';
import type { Config } from '../../config/index.ts';
import { formatOf } from '../../source/format-of.ts';
import type { Mapping } from '../../source/mapping.ts';
import { OWN } from '../../source/own-columns.ts';
import { mapDistinct } from './map-distinct.ts';
import type { Session } from './session.ts';

/** Windows by the names of their chunks. */
export type Windows = Map<string, { from: string; to: string }>;

/** Makes `staged`: the kept rows with their chunk, clustered by it. */
export async function assignChunks(
  session: Session,
  config: Config,
  mapping: Mapping,
  rule: ChunkRule,
): Promise<Windows> {
  const windows: Windows = new Map();
  if (rule.by === 'rows') {
    await session.query(
      `CREATE TABLE staged AS SELECT *, 'r:' || lpad((((${OWN.row} - 1) // ${rule.size}) * ${rule.size})::VARCHAR, 12, '0') AS ${OWN.chunk} FROM kept`,
    );
  } else {
    const cursor =
      rule.by === 'file' ? OWN.file : quoteIdentifier(rule.by === 'value' ? rule.column : mapping.timestamp!);
    await session.query('CREATE TABLE cursors (value VARCHAR PRIMARY KEY, chunk VARCHAR)');
    const format = formatOf(config, config.source.timestamp);
    await mapDistinct(session, 'kept', cursor, 'cursors', (value) => {
      const found = chunkOf(value, rule, format);
      if (found?.window) windows.set(found.chunk, found.window);
      return [found?.chunk ?? null];
    });
    await session.query(
      `CREATE TABLE staged AS SELECT k.*, coalesce(c.chunk, '${NO_CHUNK}') AS ${OWN.chunk} FROM kept k LEFT JOIN cursors c ON c.value = k.${cursor} ORDER BY ${OWN.chunk}, k.${OWN.row}`,
    );
  }
  await session.query('DROP TABLE kept');
  return windows;
}
