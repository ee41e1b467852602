/** Removal of the rows of a record from a table of the lake, whatever build or version it is of. */
import { type Condition, merge, type Snapshot } from '@throughline/delta';
import { LEAST_ID, mentions } from './mentions.ts';
import { rowsOf, type Subject, whereIn } from './subject.ts';

/** What the commit says of it: numbers alone. Reports of chunks are corrected by it. */
export interface ForgetInfo {
  forgot: Record<string, number>;
}

/** By which column rows are of a record, and the values that are meant; undefined for tables of something else. */
function keyOf({ metadata }: Snapshot, { ids, hashes }: Subject): Key | undefined {
  const has = (name: string) => metadata.schema.fields.some((field) => field.name === name);
  if (has('_id')) return { column: '_id', values: ids };
  if (has('_hash')) return { column: '_hash', values: hashes };
  return has('record') && has('verdict') ? { column: 'record', values: ids } : undefined;
}

interface Key {
  column: string;
  values: ReadonlySet<string>;
}

/** Resolves to the number of rows that went. One commit, or none; done again it finds nothing. */
export async function removeRows(snapshot: Snapshot, subject: Subject, clock: () => number): Promise<number> {
  const key = keyOf(snapshot, subject);
  return key === undefined ? 0 : await removeBy(snapshot, key, clock);
}

/**
 * Dead letters of a record by the row that came in: those without an id, and of a stream those of messages that could not be read, whose
 * id is the key or the place of the message. `column`: that of ids in the source.
 */
export async function removeUnread(
  snapshot: Snapshot,
  { ids }: Subject,
  column: string | undefined,
  clock: () => number,
): Promise<number> {
  const payloads = new Set<string>();
  const unnamed: Condition = { column: '_id', op: 'is null' };
  for (const where of [unnamed, whereIn('_step', ['read'])])
    for await (const { _payload } of rowsOf(snapshot, ['_payload'], [where]))
      if (_payload && isOf(_payload, ids, column)) payloads.add(_payload);
  return await removeBy(snapshot, { column: '_payload', values: payloads }, clock);
}

/** JSON of the row, which may be cut off, or a line that could not be read; of a stream's message JSON with such a `value`. */
function isOf(payload: string, ids: ReadonlySet<string>, column: string | undefined): boolean {
  const row = parsed(payload);
  if (row !== undefined && column !== undefined && column in row) return ids.has(String(row[column]));
  if (typeof row?.value === 'string' && isOf(row.value, ids, column)) return true;
  const long = new Set([...ids].filter((id) => id.length >= LEAST_ID));
  return mentions(payload, { ids: long, texts: new Set() });
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

async function removeBy(snapshot: Snapshot, { column, values }: Key, clock: () => number): Promise<number> {
  if (values.size === 0) return 0;
  const isChunked = snapshot.metadata.partitionColumns.includes('_chunk');
  const forgot: Record<string, number> = {};
  let rows = 0;
  const columns = [column, ...(isChunked ? ['_chunk'] : [])];
  for await (const { _chunk } of rowsOf(snapshot, columns, [whereIn(column, values)])) {
    rows++;
    if (_chunk) forgot[_chunk] = (forgot[_chunk] ?? 0) + 1;
  }
  if (rows === 0) return 0;
  const info = isChunked ? { throughline: { forgot } satisfies ForgetInfo } : {};
  const change = { operation: 'DELETE', info, add: [], without: { column, values } };
  return (await merge(snapshot, change, { clock })).removedRows;
}
