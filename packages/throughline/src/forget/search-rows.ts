/** Values of tables and of Parquet files that name one of the records, or hold how one of its texts begins. */
import {
  openTable,
  quoteIdentifier,
  quoteLiteral,
  quotePath,
  relation,
  type Snapshot,
} from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { namesOf } from './lake-content.ts';
import { holdsIds, LEAST_ID, LEAST_TEXT } from './mentions.ts';
import type { Subject } from './subject.ts';

type Needles = Pick<Subject, 'ids' | 'texts'>;

/** The columns in which there is a trace, and how many rows have it. */
export async function tableTraces(
  session: Session,
  snapshot: Snapshot,
  needles: Needles,
): Promise<{ column: string; rows: number }[]> {
  await using rows = await relation(snapshot);
  return await tracesIn(session, rows.sql, needles);
}

/** Whether a Parquet file, of whatever columns, has a trace in its values. */
export async function parquetHolds(session: Session, path: string, needles: Needles): Promise<boolean> {
  const rows = `read_parquet(${quotePath(path)}, hive_partitioning = false)`;
  return (await tracesIn(session, rows, needles)).length > 0;
}

async function tracesIn(
  session: Session,
  rows: string,
  needles: Needles,
): Promise<{ column: string; rows: number }[]> {
  const described = await session.query(`DESCRIBE SELECT * FROM ${rows} AS t`);
  const columns = described
    .filter(({ column_type }) => String(column_type).includes('VARCHAR'))
    .map(({ column_name }) => String(column_name));
  if (columns.length === 0) return [];
  const counts = columns.map((name) => `count(*) FILTER (${condition(name, needles)})`);
  const [counted] = await session.query(
    `SELECT [${counts.map((count) => `(${count})::DOUBLE`).join(', ')}] AS counts FROM ${rows} AS t`,
  );
  const found = counted!.counts as number[];
  return columns.flatMap((column, i) => (found[i]! > 0 ? [{ column, rows: found[i]! }] : []));
}

/** Lists and structs as their text, in which values are quoted or stand between commas. */
function condition(column: string, { ids, texts }: Needles): string {
  const value = `CAST(${quoteIdentifier(column)} AS VARCHAR)`;
  const words = [...ids].filter((id) => id.length >= LEAST_ID);
  const exact = holdsIds(column) ? [...ids] : words;
  const whole = [...exact, ...texts].filter((text) => !text.includes('\0'));
  const starts = [...texts].filter((text) => text.length >= LEAST_TEXT && !text.includes('\0'));
  const parts = [
    ...(whole.length === 0 ? [] : [`${value} IN (${whole.map(quoteLiteral).join(', ')})`]),
    ...exact.map(
      (id) =>
        `${value} LIKE '[%' AND list_contains(string_split(trim(${value}, '[]'), ', '), ${quoteLiteral(id)})`,
    ),
    ...words.map(
      (id) => `regexp_matches(${value}, ${quoteLiteral(`(^|[^0-9A-Za-z])${escaped(id)}($|[^0-9A-Za-z])`)})`,
    ),
    ...starts.flatMap((text) => forms(text).map((form) => `contains(${value}, ${quoteLiteral(form)})`)),
  ];
  return parts.length === 0 ? 'false' : parts.map((part) => `(${part})`).join(' OR ');
}

/** As it is, and as it stands in JSON. */
function forms(text: string): string[] {
  return [...new Set([text, JSON.stringify(text).slice(1, -1)])];
}

function escaped(text: string): string {
  return text.replace(/[^0-9A-Za-z\u0080-\uffff]/g, '\\$&');
}

/** Beginnings of texts that other records have, which are still there. */
export async function textsOfOthers(
  session: Session,
  lake: Lake,
  tables: readonly string[],
  { ids, texts }: Subject,
): Promise<Set<string>> {
  const others = new Set<string>();
  const own = [...ids].map(quoteLiteral).join(', ');
  for (const table of tables.filter((name) => /^builds\/[^/]+\/(records|passages)$/.test(name))) {
    await using rows = await relation(await openTable(lakePath(lake.root, ...namesOf(table))));
    for (const text of texts) {
      if (others.has(text)) continue;
      const [found] = await session.query(
        `SELECT count(*) AS rows FROM ${rows.sql} AS t WHERE contains(_text, ${quoteLiteral(text)}) AND _id NOT IN (${own})`,
      );
      if (Number(found!.rows) > 0) others.add(text);
    }
  }
  return others;
}
