/** Rows that could not be processed, with the reason: what each chunk's last publication left. */
import { createHash } from 'node:crypto';
import { type Condition, type Relation, relation, type Snapshot, scan } from '@throughline/delta';
import { existingBuild } from './build.ts';
import { droppedKeys, droppedTable } from './dropped.ts';
import { type Lake, promotedOrNewestBuild } from './lake.ts';

export interface DeadLetterEntry {
  /** Names the dead letter: a digest of the row and its fate, the same as long as they are; words of a server are no part of it. */
  key: string;
  chunk: string;
  step: string;
  id: string | null;
  code: string;
  message: string;
  payload: string;
  /** Milliseconds since 1970 UTC. */
  seen: number;
}

/** All of it must fit; what is absent is not asked for. */
export interface DeadLetterFilter {
  codes?: readonly string[] | undefined;
  chunks?: readonly string[] | undefined;
  /** Seen at this time or later, milliseconds since 1970 UTC. */
  since?: number | undefined;
  /** Also those that were dropped by hand. */
  dropped?: boolean | undefined;
}

export interface DeadLetters {
  total: number;
  /** Rows by code, the most frequent first. */
  reasons: Record<string, number>;
  /** The first `limit`, by chunk. */
  deadLetters: DeadLetterEntry[];
}

/** Bounded by `limit` and the number of different codes. */
export async function listDeadLetters(
  lake: Lake,
  limit: number,
  filter: DeadLetterFilter = {},
): Promise<DeadLetters> {
  const reasons = new Map<string, number>();
  const deadLetters: DeadLetterEntry[] = [];
  let total = 0;
  for await (const entry of readDeadLetters(lake, filter)) {
    reasons.set(entry.code, (reasons.get(entry.code) ?? 0) + 1);
    total++;
    if (deadLetters.length < limit) deadLetters.push(entry);
  }
  return { total, reasons: Object.fromEntries([...reasons].sort((a, b) => b[1] - a[1])), deadLetters };
}

/** The dead letters that fit, by chunk; in memory are a batch of rows, and the keys of those that were dropped. */
export async function* readDeadLetters(
  lake: Lake,
  filter: DeadLetterFilter = {},
): AsyncGenerator<DeadLetterEntry> {
  const dropped = filter.dropped ? new Set<string>() : await droppedKeys(lake);
  for await (const entry of readDeadLettersOf(await deadLetterTable(lake), filter))
    if (!dropped.has(entry.key)) yield entry;
}

/** Those of one table that fit, dropped ones included. */
export async function* readDeadLettersOf(
  table: Snapshot,
  filter: DeadLetterFilter,
): AsyncGenerator<DeadLetterEntry> {
  const columns = ['_chunk', '_step', '_id', '_code', '_message', '_payload', '_seen'];
  for await (const batch of scan(table, { columns, where: conditionsOf(filter) })) {
    const cell = (name: string, i: number) => (batch.columns[name] as (string | null)[])[i] ?? null;
    for (let i = 0; i < batch.rows; i++) {
      const said = {
        chunk: cell('_chunk', i)!,
        step: cell('_step', i)!,
        id: cell('_id', i),
        code: cell('_code', i)!,
        message: cell('_message', i)!,
        payload: cell('_payload', i)!,
      };
      yield { key: keyOf(said), ...said, seen: Number(cell('_seen', i)) / 1000 };
    }
  }
}

/** The dead letters that fit as SQL for DuckDB, with columns of plain names; close it afterwards. */
export async function deadLetterRelation(lake: Lake, filter: DeadLetterFilter) {
  const opened: Relation[] = [await relation(await deadLetterTable(lake), { where: conditionsOf(filter) })];
  const names = ['chunk', 'step', 'id', 'code', 'message', 'payload', 'attempt', 'run', 'seen'];
  const columns = names.map((name) => `_${name} AS ${name}`).join(', ');
  const dropped = filter.dropped ? undefined : await droppedTable(lake);
  if (dropped) opened.push(await relation(dropped));
  const open = opened[1] ? `WHERE key NOT IN (SELECT key FROM ${opened[1].sql})` : '';
  const rows = `SELECT ${KEY_SQL} AS key, ${columns} FROM ${opened[0]!.sql}`;
  const close = async () => {
    for (const one of opened) await one.close();
  };
  return { sql: `(SELECT * FROM (${rows}) ${open} ORDER BY chunk, id, code)`, close };
}

async function deadLetterTable(lake: Lake): Promise<Snapshot> {
  const { tables } = await existingBuild(lake, await promotedOrNewestBuild(lake));
  return tables.dead_letters;
}

function conditionsOf({ codes, chunks, since }: DeadLetterFilter): Condition[] {
  return [
    ...(codes === undefined ? [] : [{ column: '_code', op: 'in' as const, values: codes }]),
    ...(chunks === undefined ? [] : [{ column: '_chunk', op: 'in' as const, values: chunks }]),
    ...(since === undefined ? [] : [{ column: '_seen', op: '>=' as const, value: BigInt(since) * 1000n }]),
  ];
}

const KEY_DIGITS = 12;

/** Stands between fields, and in place of an id that is not there: control characters that no text is likely to have. */
const [SEPARATOR, NOTHING] = [31, 30];

function keyOf(said: Omit<DeadLetterEntry, 'key' | 'seen'>): string {
  const { chunk, step, id, code, payload } = said;
  const fields = [chunk, step, id ?? String.fromCharCode(NOTHING), code, payload];
  const text = fields.join(String.fromCharCode(SEPARATOR));
  return createHash('sha256').update(text).digest('hex').slice(0, KEY_DIGITS);
}

/** The same in SQL. */
const KEY_SQL = `left(sha256(concat_ws(chr(${SEPARATOR}), _chunk, _step, coalesce(_id, chr(${NOTHING})), _code, _payload)), ${KEY_DIGITS})`;
