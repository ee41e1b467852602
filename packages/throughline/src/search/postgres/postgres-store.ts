import { type Filter, toPostgres } from '../../filter/index.ts';
import type { Attribute } from '../../source/mapping.ts';
import {
  type AttributeValue,
  byScore,
  type Candidate,
  type IndexStore,
  type StoredPassage,
} from '../store.ts';
import { stemmer } from './analyse.ts';
import { type Bind, binding } from './bind.ts';
import type { Database } from './database.ts';
import { scoresSql, stemQuery } from './keyword-sql.ts';
import { attributeColumn, columnOf, indexedVector, type PostgresPlace, tablesOf } from './tables.ts';

export interface PostgresStoreOptions {
  place: PostgresPlace;
  dimension: number;
  attributes: readonly Attribute[];
  /** Chunks that are not there any more. */
  without?: ReadonlySet<string>;
}

/** A collection in Postgres as a store; the database is closed with it. */
export function postgresStore(
  database: Database,
  { place, dimension, attributes, without = new Set() }: PostgresStoreOptions,
): IndexStore {
  const tables = tablesOf(place);
  const stems = stemmer(database.query, tables.dictionary);
  const conditions = (filter: Filter | undefined, bind: Bind): string[] => [
    ...(filter === undefined ? [] : [toPostgres(filter, { column: columnOf, bind })]),
    ...(without.size === 0 ? [] : [`chunk <> ALL (${bind([...without])}::text[])`]),
  ];
  const where = (all: readonly string[]) => (all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`);
  const found = async (sql: string, values: readonly unknown[]): Promise<Candidate[]> =>
    (await database.query<Candidate>(sql, values)).sort(byScore);
  const byId = async <T>(passages: readonly string[], columns: string, of: (row: Row) => T) => {
    if (passages.length === 0) return new Map<string, T>();
    const { bind, values } = binding();
    const all = [`passage = ANY (${bind(passages)}::text[])`, ...conditions(undefined, bind)];
    const sql = `SELECT passage, ${columns} FROM ${tables.passages} ${where(all)}`;
    return new Map((await database.query<Row>(sql, values)).map((row) => [String(row.passage), of(row)]));
  };
  const columns = attributes.map(({ name }, i) => `${attributeColumn(name)} AS v${i}`);
  return {
    passages: place.passages,
    async keyword(query, { limit, filter }) {
      const asked = await stemQuery(query, stems);
      if (asked === undefined) return [];
      const { bind, values } = binding();
      const meets = asked.meets === undefined ? [] : [`words @@ ${bind(asked.meets)}::tsquery`];
      const all = [...meets, ...conditions(filter, bind)];
      const scores = scoresSql(asked, tables, place.passages, bind);
      // Where nothing else is asked of them, only the best are looked up, and those that are as good as the last.
      const best = all.length > 0 ? '' : `ORDER BY score DESC FETCH FIRST ${limit} ROWS WITH TIES`;
      const sql = `SELECT passage, record, score FROM (${scores} ${best}) AS s JOIN ${tables.passages} USING (number)
        ${where(all)} ORDER BY score DESC, passage LIMIT ${limit}`;
      return found(sql, values);
    },
    async nearest(vector, { limit, filter, exact = false }) {
      const { bind, values } = binding();
      const asked = `${bind(`[${vector.join(',')}]`)}::vector`;
      const indexed = exact ? undefined : indexedVector('embedding', dimension);
      const product = `embedding <#> ${asked}`;
      // No index serves a sum: all are compared.
      const order = indexed
        ? `(${indexed.sql}) <#> ${indexedVector(asked, dimension)!.sql}`
        : `(${product}) + 0, passage`;
      const sql = `SELECT passage, record, -(${product}) AS score FROM ${tables.passages}
        ${where(conditions(filter, bind))} ORDER BY ${order} LIMIT ${limit}`;
      return found(sql, values);
    },
    async count(filter, limit) {
      const { bind, values } = binding();
      const some = `SELECT FROM ${tables.passages} ${where(conditions(filter, bind))} LIMIT ${limit}`;
      const [row] = await database.query<{ count: string }>(`SELECT count(*) FROM (${some}) AS met`, values);
      return Number(row!.count);
    },
    async matching(filter, limit) {
      const { bind, values } = binding();
      const condition = where(conditions(filter, bind));
      return database.query(
        `SELECT passage, record FROM ${tables.passages} ${condition} LIMIT ${limit}`,
        values,
      );
    },
    fetch: (passages) =>
      byId(passages, ['record', 'ordinal', 'text', 'at', ...columns].join(', '), (row) =>
        stored(row, attributes),
      ),
    vectors: (passages) =>
      byId(passages, 'embedding::text AS vector', ({ vector }) =>
        Float32Array.from(JSON.parse(String(vector))),
      ),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

type Row = Record<string, string | number | boolean | null>;

function stored(row: Row, attributes: readonly Attribute[]): StoredPassage {
  const attributeOf = ({ type }: Attribute, i: number): AttributeValue => {
    const value = row[`v${i}`] ?? null;
    // The client gives integers of 64 bits as texts.
    return value !== null && (type === 'long' || type === 'timestamp') ? Number(value) : value;
  };
  return {
    passage: String(row.passage),
    record: String(row.record),
    ordinal: Number(row.ordinal),
    text: String(row.text),
    at: row.at === null ? null : Number(row.at),
    attributes: Object.fromEntries(attributes.map((one, i) => [one.name, attributeOf(one, i)])),
  };
}
