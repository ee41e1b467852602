/** The source's filter and the sample. */
import { quoteIdentifier, quoteLiteral } from '@throughline/delta';
import type { Config } from '../../config/index.ts';
import { columnsOf, parseFilter, toDuckDb } from '../../filter/index.ts';
import { filterColumns } from '../../source/filter-columns.ts';
import { formatOf } from '../../source/format-of.ts';
import type { Mapping } from '../../source/mapping.ts';
import { OWN } from '../../source/own-columns.ts';
import { formatTimestamp, parseTimestamp } from '../../source/timestamp.ts';
import { valueSql } from '../../source/typed.ts';
import { mapDistinct } from './map-distinct.ts';
import type { Session } from './session.ts';
import { stagedColumns } from './staged-columns.ts';

/** Rows that pass the filter and are of no record that was `forgotten` (digests of ids), as `kept`; times that the filter needs are parsed by us, each distinct text once. */
export async function filterRows(
  session: Session,
  config: Config,
  mapping: Mapping,
  forgotten: readonly string[],
): Promise<void> {
  const filter =
    config.source.filter === undefined
      ? undefined
      : parseFilter(config.source.filter, filterColumns(mapping));
  const joins: string[] = [];
  const columnSql = new Map<string, string>();
  for (const name of filter ? columnsOf(filter) : []) {
    const attribute = mapping.attributes.find((one) => one.name === name);
    const column = attribute?.column ?? name;
    const type = filterColumns(mapping)[name]!;
    if (type === 'timestamp') {
      const table = `times_${joins.length}`;
      await parseTimes(session, config, column, table);
      joins.push(`LEFT JOIN ${table} ON ${table}.text = r.${quoteIdentifier(column)}`);
      columnSql.set(name, `${table}.instant`);
    } else columnSql.set(name, valueSql(`r.${quoteIdentifier(column)}`, type));
  }
  const conditions = [
    ...(filter ? [`(${toDuckDb(filter, (name) => columnSql.get(name)!)})`] : []),
    ...(forgotten.length > 0 && mapping.id !== undefined
      ? [await notForgotten(session, mapping.id, forgotten)]
      : []),
  ];
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const cells = stagedColumns(config, mapping).map((name) => {
    const cell = `r.${quoteIdentifier(name)}`;
    // A text by its own digest: a thousand copies of texts of 10 MB do not fit into memory.
    const short = mapping.text.includes(name) ? `sha256(${cell})` : cell;
    return `coalesce(strlen(${short}) || ':' || ${short}, '-')`;
  });
  // Spark computes the same: see engine/spark/content.ts.
  const content = `sha256(${cells.join(' || ')})`;
  await session.query(
    `CREATE TABLE kept AS SELECT r.*, ('0x' || substr(${content}, 1, 16))::UBIGINT AS ${OWN.content} FROM raw r ${joins.join(' ')} ${where} ORDER BY r.${OWN.row}`,
  );
  await session.query('DROP TABLE raw');
}

async function notForgotten(session: Session, id: string, forgotten: readonly string[]): Promise<string> {
  await session.query(
    `CREATE TABLE forgotten AS SELECT unnest([${forgotten.map(quoteLiteral).join(', ')}]) AS digest`,
  );
  const column = `r.${quoteIdentifier(id)}`;
  return `(${column} IS NULL OR sha256(${column}) NOT IN (SELECT digest FROM forgotten))`;
}

/** Leaves only so many of the `kept` rows, chosen by content, and no rejects. */
export async function takeSample(session: Session, rows: number): Promise<void> {
  await session.query(
    `DELETE FROM kept WHERE ${OWN.row} NOT IN (SELECT ${OWN.row} FROM kept ORDER BY ${OWN.content}, ${OWN.row} LIMIT ${rows})`,
  );
  await session.query('DELETE FROM rejects');
}

/** A table of the distinct texts of `column` with the instant that each means, if any. */
async function parseTimes(session: Session, config: Config, column: string, table: string): Promise<void> {
  const format = formatOf(config, column);
  await session.query(`CREATE TABLE ${table} (text VARCHAR PRIMARY KEY, instant TIMESTAMPTZ)`);
  await mapDistinct(session, 'raw', quoteIdentifier(column), table, (text) => {
    const at = parseTimestamp(text, format);
    return at === undefined ? [null] : [formatMicros(at)];
  });
}

function formatMicros(at: bigint): string {
  const micros = ((at % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return `${formatTimestamp(at - micros).slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
}
