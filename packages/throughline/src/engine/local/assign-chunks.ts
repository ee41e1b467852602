import { quoteIdentifier } from '@throughline/delta';
import { dateChunk, NO_CHUNK } from '../../chunk/chunk-id.ts';
import { type ChunkRule, chunkOfValue } from '../../chunk/plan.ts';
import { parseWindow, windowOf } from '../../chunk/window.ts';
import type { Config } from '../../config/index.ts';
import { formatOf } from '../../source/format-of.ts';
import type { Mapping } from '../../source/mapping.ts';
import { OWN } from '../../source/own-columns.ts';
import { parseTimestamp } from '../../source/timestamp.ts';
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
    await mapDistinct(session, 'kept', cursor, 'cursors', (value) => [
      chunkOf(value, rule, config, windows) ?? null,
    ]);
    await session.query(
      `CREATE TABLE staged AS SELECT k.*, coalesce(c.chunk, '${NO_CHUNK}') AS ${OWN.chunk} FROM kept k LEFT JOIN cursors c ON c.value = k.${cursor} ORDER BY ${OWN.chunk}, k.${OWN.row}`,
    );
  }
  await session.query('DROP TABLE kept');
  return windows;
}

function chunkOf(
  value: string,
  rule: Exclude<ChunkRule, { by: 'rows' }>,
  config: Config,
  windows: Windows,
): string | undefined {
  if (rule.by !== 'window') return chunkOfValue(rule, value);
  const at = parseTimestamp(value, { ...formatOf(config, config.source.timestamp), zone: rule.zone });
  if (at === undefined) return undefined;
  const window = windowOf(at, parseWindow(rule.every), rule.zone);
  windows.set(dateChunk(window.from), window);
  return dateChunk(window.from);
}
