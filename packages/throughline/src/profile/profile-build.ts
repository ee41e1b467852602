/** What the records look like: made only when it is asked for, in two passes over the records and one over the passages. */
import { quoteIdentifier, relation } from '@throughline/delta';
import { openSession, type Session } from '../engine/local/session.ts';
import { duckDbString } from '../filter/duckdb.ts';
import type { Build } from '../lake/build.ts';

export interface Histogram {
  /** Greatest value of each bin; one more bin has what is above. */
  ends: number[];
  counts: number[];
}

export interface ColumnProfile {
  name: string;
  type: string;
  nulls: number;
  /** About (HyperLogLog). */
  distinct: number;
  min: string | null;
  max: string | null;
  /** Of columns of text: the most frequent values, as far as a sketch finds them, with their exact counts. */
  top: { value: string; count: number }[];
}

export interface Profile {
  records: number;
  passages: number;
  columns: ColumnProfile[];
  /** Characters of the records' texts. */
  lengths: Histogram;
  /** Tokens of the passages. */
  tokens: Histogram;
}

interface Column {
  /** As users know it. */
  name: string;
  /** Of the records table. */
  column: string;
  type: string;
}

const TOP = 10;
const LENGTHS = [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
const TOKENS = [16, 32, 64, 96, 128, 192, 256, 384, 512];

/** Memory: DuckDB's sketches. */
export async function profileBuild({ tables, info }: Build): Promise<Profile> {
  await using session = await openSession();
  await using records = await relation(tables.records);
  await using passages = await relation(tables.passages);
  const { timestamp, attributes } = info.mapping;
  const columns: Column[] = [
    ...(timestamp === undefined ? [] : [{ name: timestamp, column: '_at', type: 'timestamp' }]),
    ...attributes.map(({ name, type }) => ({ name, column: name, type })),
  ];
  const [row] = await session.query(
    `SELECT ${['count(*) AS records', `${histogramSql('length(_text)', LENGTHS)} AS lengths`, ...columns.map(columnSql)].join(', ')} FROM ${records.sql} AS r`,
  );
  const [tokens] = await session.query(
    `SELECT count(*) AS passages, ${histogramSql('_tokens', TOKENS)} AS tokens FROM ${passages.sql} AS p`,
  );
  const candidates = columns.map((_, i) => (row![`top${i}`] as string[] | null) ?? []);
  const counts = await countValues(session, records.sql, columns, candidates);
  return {
    records: Number(row!.records),
    passages: Number(tokens!.passages),
    columns: columns.map(({ name, type }, i) => ({
      ...{ name, type, top: counts[i]! },
      nulls: Number(row![`nulls${i}`]),
      distinct: Number(row![`distinct${i}`]),
      min: (row![`min${i}`] ?? null) as string | null,
      max: (row![`max${i}`] ?? null) as string | null,
    })),
    lengths: { ends: LENGTHS, counts: (row!.lengths as unknown[]).map(Number) },
    tokens: { ends: TOKENS, counts: (tokens!.tokens as unknown[]).map(Number) },
  };
}

function columnSql({ column, type }: Column, i: number): string {
  const name = quoteIdentifier(column);
  const top = type === 'string' ? `approx_top_k(${name}, ${TOP})` : 'NULL';
  return `count(*) - count(${name}) AS nulls${i}, approx_count_distinct(${name}) AS distinct${i},
    CAST(min(${name}) AS VARCHAR) AS min${i}, CAST(max(${name}) AS VARCHAR) AS max${i}, ${top} AS top${i}`;
}

function histogramSql(value: string, ends: readonly number[]): string {
  const bins = [...ends, undefined].map((end, i) => {
    const above = i === 0 ? 'true' : `${value} > ${ends[i - 1]}`;
    return `count(*) FILTER (WHERE ${above} AND ${end === undefined ? 'true' : `${value} <= ${end}`})`;
  });
  return `[${bins.join(', ')}]`;
}

async function countValues(
  session: Session,
  records: string,
  columns: readonly Column[],
  candidates: readonly string[][],
): Promise<ColumnProfile['top'][]> {
  const asked = columns.flatMap(({ column }, i) => candidates[i]!.map((value) => ({ column, i, value })));
  if (asked.length === 0) return columns.map(() => []);
  const counts = asked.map(
    ({ column, value }, n) =>
      `count(*) FILTER (WHERE ${quoteIdentifier(column)} = ${duckDbString(value)}) AS c${n}`,
  );
  const [row] = await session.query(`SELECT ${counts.join(', ')} FROM ${records} AS r`);
  const found = asked.map((one, n) => ({ ...one, count: Number(row![`c${n}`]) }));
  return columns.map((_, i) =>
    found
      .filter((one) => one.i === i)
      .map(({ value, count }) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)),
  );
}
