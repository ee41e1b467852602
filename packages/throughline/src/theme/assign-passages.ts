/**
 * The table of assignments. Passages of chunks that have not changed keep what the version before says, which needs no vectors; the
 * table is not cut by chunks: to copy a million rows takes about a second, and thousands of small files would cost every reader.
 * Memory: the exemplars, and a batch of passages.
 */
import { type ColumnBatch, type ColumnValue, relation, type Snapshot, scan } from '@throughline/delta';
import { gatherRows } from '@throughline/themes';
import { openSession, type Session } from '../engine/local/session.ts';
import type { FitMember } from './fit-store.ts';
import { needVectors, themeAfter } from './replay-edits.ts';
import { assignmentsSchema } from './schemas.ts';
import { applyRule, type ThemeRule } from './theme-rule.ts';
import { streamTable } from './write-table.ts';

/** What may be taken over. */
export interface KeptAssignments {
  assignments: Snapshot;
  /** Chunks whose passages are assigned. */
  changed: ReadonlySet<string>;
  /** Over another fit: only passages of an earlier time are kept, in microseconds since 1970 UTC. */
  before?: bigint;
  /** Whether found themes become others than in the version before. */
  isReplayedAnew: boolean;
}

export interface AssignRequest {
  root: string;
  /** By hash: texts that the fit was made of stay where it has put them on the map. */
  members: ReadonlyMap<string, Pick<FitMember, 'x' | 'y'>>;
  passages: Snapshot;
  rule: ThemeRule;
  kept: KeptAssignments | undefined;
  clock: () => number;
  signal: AbortSignal;
}

/** Passages of each theme, those without one under null, and how many were looked at. */
export interface AssignedCounts {
  sizes: Map<string | null, number>;
  /** Themes as they were found, before edits. */
  found: Set<string>;
  assigned: number;
}

export async function assignPassages(request: AssignRequest): Promise<AssignedCounts> {
  const counts: AssignedCounts = { sizes: new Map(), found: new Set(), assigned: 0 };
  const counted = async function* () {
    for await (const { batch, isKept } of allRows(request)) {
      request.signal.throwIfAborted();
      if (!isKept) counts.assigned += batch.rows;
      for (const theme of batch.columns._theme as (string | null)[])
        counts.sizes.set(theme, (counts.sizes.get(theme) ?? 0) + 1);
      for (const id of batch.columns._found as (string | null)[]) if (id !== null) counts.found.add(id);
      yield batch;
    }
  };
  await streamTable(request.root, assignmentsSchema, 'assignments', counted(), request.clock);
  return counts;
}

interface Rows {
  batch: ColumnBatch;
  isKept: boolean;
}

async function* allRows(request: AssignRequest): AsyncGenerator<Rows> {
  const { kept } = request;
  if (!kept) return yield* newRows(request);
  const { fit, replay } = request.rule;
  const ids = [...fit.themes.map(({ id }) => id), ...replay.dissolved.keys(), ...replay.held];
  const asked = kept.isReplayedAnew ? needVectors(replay.steps, ids) : new Set<string>();
  yield* keptRows(kept, request, asked);
  if (asked.size > 0) yield* rowsWithVectors(request, kept, asked);
  if (kept.before !== undefined) yield* newRows(request);
  else if (kept.changed.size > 0) yield* newRows(request, kept.changed);
}

const ASSIGN_ROWS = 2_048;
const PASSAGE_COLUMNS = ['_chunk', '_passage', '_id', '_hash', '_text', '_tokens', '_at', '_embedding'];

async function* newRows(
  { passages, rule, members, kept }: AssignRequest,
  chunks?: ReadonlySet<string>,
): AsyncGenerator<Rows> {
  const where = chunks && [{ column: '_chunk', op: 'in' as const, values: [...chunks] }];
  const options = { columns: PASSAGE_COLUMNS, batchRows: ASSIGN_ROWS, ...(where && { where }) };
  for await (const batch of scan(passages, options)) {
    const { rows, columns } = kept?.before === undefined ? batch : notKept(batch, kept, rule.fit.dimension);
    if (rows === 0) continue;
    const { _chunk, _passage, _id, _hash, _text, _tokens, _embedding } = columns;
    const { found, theme, score, margin, x, y } = await applyRule(
      rule,
      _text as string[],
      _embedding as Float32Array,
    );
    for (const [i, hash] of (_hash as string[]).entries()) {
      const member = members.get(hash);
      if (member && x[i] !== null) [x[i], y[i]] = [member.x, member.y];
    }
    const given = { _theme: theme, _score: score, _margin: margin, _found: found, _x: x, _y: y };
    const named = { _chunk: _chunk!, _passage: _passage!, _id: _id!, _tokens: _tokens! };
    yield { batch: { rows, columns: { ...named, ...given } }, isKept: false };
  }
}

/** What is left for the fit to assign, where passages of the past are kept. */
function notKept(batch: ColumnBatch, { changed, before }: KeptAssignments, dimension: number): ColumnBatch {
  const { _chunk, _at, _embedding } = batch.columns;
  const chunks = _chunk as string[];
  const rows = (_at as (bigint | null)[]).flatMap((at, i) =>
    at !== null && at < before! && !changed.has(chunks[i]!) ? [] : [i],
  );
  const picked = pick(batch.columns, rows);
  picked.columns._embedding = gatherRows(_embedding as Float32Array, dimension, rows);
  return picked;
}

async function* keptRows(
  { assignments, before, changed, isReplayedAnew }: KeptAssignments,
  { rule: { replay, minScore }, passages }: AssignRequest,
  asked: ReadonlySet<string>,
): AsyncGenerator<Rows> {
  const all = before === undefined ? scan(assignments) : pastRows(assignments, passages, before);
  for await (const { rows, columns } of all) {
    const chunks = columns._chunk as string[];
    const found = columns._found as (string | null)[];
    const stays: number[] = [];
    for (let i = 0; i < rows; i++) if (!changed.has(chunks[i]!) && !asked.has(found[i] ?? '')) stays.push(i);
    if (stays.length === 0) continue;
    const batch = pick(columns, stays);
    if (isReplayedAnew) {
      const score = batch.columns._score as number[];
      batch.columns._theme = (batch.columns._found as (string | null)[]).map((id, i) =>
        id === null || score[i]! < minScore ? null : themeAfter(replay.steps, id, noVector),
      );
    }
    yield { batch, isKept: true };
  }
}

/** Assignments of passages that are there and of a time before. */
async function* pastRows(
  assignments: Snapshot,
  passages: Snapshot,
  before: bigint,
): AsyncGenerator<ColumnBatch> {
  await using session = await openSession();
  await using old = await relation(assignments);
  await using texts = await relation(passages);
  const names = assignmentsSchema.fields.map(({ name }) => name);
  const past = `SELECT _chunk, _passage FROM ${texts.sql} WHERE epoch_us(_at) < ${before}`;
  const sql = `SELECT ${names.join(', ')} FROM ${old.sql} SEMI JOIN (${past}) USING (_chunk, _passage)`;
  for await (const rows of session.stream(sql)) {
    const columns = names.map((name, i) => [name, rows.map((row) => row[i] as ColumnValue)]);
    yield { rows: rows.length, columns: Object.fromEntries(columns) };
  }
}

function noVector(): never {
  throw new Error('a theme that was split is assigned by vectors');
}

function pick(columns: ColumnBatch['columns'], rows: readonly number[]): ColumnBatch {
  const picked = Object.entries(columns).map(([name, values]) => [name, rows.map((row) => values[row]!)]);
  return { rows: rows.length, columns: Object.fromEntries(picked) };
}

/** Passages of themes that were split: they keep what the fit says, and get the part that is nearest. */
async function* rowsWithVectors(
  { passages, rule }: AssignRequest,
  { assignments, before, changed }: KeptAssignments,
  asked: ReadonlySet<string>,
): AsyncGenerator<Rows> {
  const values = [...asked];
  await using session = await openSession();
  await using old = await relation(assignments, { where: [{ column: '_found', op: 'in', values }] });
  await using texts = await relation(passages);
  for await (const rows of joined(session, old.sql, texts.sql, before)) {
    const stays = rows.filter(([chunk]) => !changed.has(chunk as string));
    if (stays.length === 0) continue;
    const column = (i: number) => stays.map((row) => row[i] as ColumnValue);
    const theme = stays.map(([, , , score, , found, , , , embedding]) =>
      (score as number) < rule.minScore
        ? null
        : themeAfter(rule.replay.steps, found as string, () =>
            Float32Array.from((embedding as { items: number[] }).items),
          ),
    );
    const columns = {
      ...{ _chunk: column(0), _passage: column(1), _id: column(2), _theme: theme },
      ...{ _score: column(3), _margin: column(4), _found: column(5), _tokens: column(6) },
      ...{ _x: column(7), _y: column(8) },
    };
    yield { batch: { rows: stays.length, columns }, isKept: true };
  }
}

function joined(session: Session, assignments: string, passages: string, before: bigint | undefined) {
  return session.stream(
    `SELECT a._chunk, a._passage, a._id, a._score, a._margin, a._found, a._tokens, a._x, a._y, p._embedding
     FROM ${assignments} a JOIN ${passages} p USING (_chunk, _passage)
     WHERE ${before === undefined ? 'true' : `epoch_us(p._at) < ${before}`}`,
  );
}
