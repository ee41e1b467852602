/** Writes a collection into Postgres: in one transaction, so that a build that is killed leaves nothing. */
import { randomBytes } from 'node:crypto';
import { quoteIdentifier } from '@throughline/delta';
import { EXIT, ThroughlineError } from '../../error.ts';
import type { CollectionTarget, IndexedPassage } from '../collections.ts';
import { tokens } from '../tokens.ts';
import { type Stems, stemmer, vectorText } from './analyse.ts';
import type { Database, Query } from './database.ts';
import {
  columnSql,
  indexedVector,
  type PostgresPlace,
  passageColumns,
  type Tables,
  tablesOf,
} from './tables.ts';

/** Of the graph: the defaults of pgvector, with a wider search for neighbours. */
const HNSW = 'WITH (m = 16, ef_construction = 128)';
const BUILD_MEMORY = '512MB';
/** BM25 as Zvec and Lucene compute it. */
const [K1, B] = [1.2, 0.75];
/** Numbers of vectors that one statement carries: some four megabytes of text. */
const NUMBERS_AT_ONCE = 400_000;

/** Memory: one statement of passages. */
export async function writeCollection(
  database: Database,
  schema: string,
  target: CollectionTarget,
  passages: AsyncIterable<readonly IndexedPassage[]>,
): Promise<PostgresPlace> {
  await database.transaction((query) => prepareSchema(query, schema));
  const collection = randomBytes(8).toString('hex');
  const tables = tablesOf({ schema, collection });
  const written = await database.transaction(async (query) => {
    const count = await fill(query, tables, target, passages);
    await finish(query, tables, target);
    await query(
      `INSERT INTO ${tables.collections} (collection, pipeline, root, version, passages) VALUES ($1, $2, $3, $4, $5)`,
      [collection, target.pipeline, target.root, target.version, count],
    );
    return count;
  });
  // That all of it is seen is noted on its pages: rows are counted, and words looked up, without a look at each.
  for (const table of [tables.passages, tables.words]) await database.query(`VACUUM (ANALYZE) ${table}`);
  return { schema, collection, passages: written };
}

/** A number of ours: two builds must not prepare one schema at once. */
const PREPARING = 7_309_944_126;

/** Makes what is missing of the extension, the schema, its list of collections and its dictionary. */
export async function prepareSchema(query: Query, schema: string): Promise<void> {
  await query('SELECT pg_advisory_xact_lock($1)', [PREPARING]);
  await checkEncoding(query);
  await query('CREATE EXTENSION IF NOT EXISTS vector');
  const { collections, dictionary } = tablesOf({ schema, collection: '' });
  const [found] = await query<{ schema: boolean; dictionary: boolean }>(
    `SELECT to_regnamespace($1) IS NOT NULL AS schema,
      EXISTS (SELECT FROM pg_ts_dict WHERE dictnamespace = to_regnamespace($1) AND dictname = 'english') AS dictionary`,
    [quoteIdentifier(schema)],
  );
  if (!found!.schema) await query(`CREATE SCHEMA ${quoteIdentifier(schema)}`);
  if (!found!.dictionary)
    await query(
      `CREATE TEXT SEARCH DICTIONARY ${dictionary} (TEMPLATE = pg_catalog.snowball, Language = english)`,
    );
  await query(`CREATE TABLE IF NOT EXISTS ${collections} (collection text PRIMARY KEY, pipeline text NOT NULL,
    root text NOT NULL, version text NOT NULL, passages bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT clock_timestamp())`);
}

async function checkEncoding(query: Query): Promise<void> {
  const [encoding] = await query<{ server_encoding: string }>('SHOW server_encoding');
  if (encoding!.server_encoding === 'UTF8') return;
  throw new ThroughlineError(
    `the database has the encoding ${encoding!.server_encoding}, which has no place for all texts`,
    {
      code: 'postgres_encoding',
      exitCode: EXIT.config,
      hint: "Make one of UTF8: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0",
    },
  );
}

async function fill(
  query: Query,
  tables: Tables,
  { dimension, attributes }: CollectionTarget,
  passages: AsyncIterable<readonly IndexedPassage[]>,
): Promise<number> {
  const columns = passageColumns(dimension, attributes);
  await query(`CREATE TABLE ${tables.passages} (${columns.map(columnSql).join(', ')})`);
  // Beside the other columns of a row: elsewhere, comparing with all of them took several times as long.
  await query(`ALTER TABLE ${tables.passages} ALTER COLUMN embedding SET STORAGE MAIN`);
  // Arrays of texts, which each column makes values of.
  const arrays = columns.map((_, i) => `$${i + 1}::text[]`).join(', ');
  const values = columns.map(({ name, type }) => `${name}::${type}`);
  const insert = `INSERT INTO ${tables.passages} (${columns.map(({ name }) => name).join(', ')})
    SELECT ${values.join(', ')} FROM unnest(${arrays}) AS v(${columns.map(({ name }) => name).join(', ')})`;
  const stems = stemmer(query, tables.dictionary);
  const atOnce = Math.max(1, Math.floor(NUMBERS_AT_ONCE / dimension));
  let count = 0;
  for await (const batch of passages)
    for (let start = 0; start < batch.length; start += atOnce) {
      const some = batch.slice(start, start + atOnce);
      const rows = await rowsOf(some, count, stems);
      await query(
        insert,
        columns.map((_, i) => rows.map((row) => row[i]!)),
      );
      count += some.length;
    }
  return count;
}

/** In the order of the columns. */
async function rowsOf(
  passages: readonly IndexedPassage[],
  before: number,
  stems: Stems,
): Promise<(string | null)[][]> {
  const words = passages.map(({ text }) => tokens(text));
  const all = await stems(words.flat());
  let start = 0;
  return passages.map((one, i) => {
    const { length } = words[i]!;
    const own = all.slice(start, start + length);
    start += length;
    const { passage, record, chunk, ordinal, text, at, vector, attributes } = one;
    return [
      ...[before + i + 1, passage, record, chunk, ordinal, text, at, vectorText(own), length].map(cell),
      `[${vector.join(',')}]`,
      ...attributes.map(cell),
    ];
  });
}

/** Postgres has no NUL, and filters count what is no number as nothing. */
function cell(value: string | number | bigint | boolean | null): string | null {
  if (value === null || Number.isNaN(value)) return null;
  return String(value).replaceAll('\0', '\ufffd');
}

/** Postings and indexes. Sorted, a word's postings are in memory one word at a time. */
async function finish(query: Query, tables: Tables, { dimension }: CollectionTarget): Promise<void> {
  await query(
    `SELECT set_config('maintenance_work_mem', $1, true), set_config('enable_hashagg', 'off', true)`,
    [BUILD_MEMORY],
  );
  await query(`CREATE TABLE ${tables.words} (word text COLLATE "C", passages integer NOT NULL,
    numbers integer[] NOT NULL, weights real[] NOT NULL)`);
  await query(`INSERT INTO ${tables.words}
    SELECT word, count(*), array_agg(number), array_agg(weight::real) FROM (
      SELECT lexeme COLLATE "C" AS word, number,
        tf * ${K1 + 1} / (tf + ${K1} * (${1 - B} + ${B} * length / greatest(1, (SELECT avg(length) FROM ${tables.passages})))) AS weight
      FROM ${tables.passages}, LATERAL (SELECT lexeme, cardinality(positions)::float8 AS tf FROM unnest(words)) AS w
    ) AS weighed GROUP BY word`);
  await query(`ALTER TABLE ${tables.words} ADD PRIMARY KEY (word)`);
  await query(`ALTER TABLE ${tables.passages} ADD PRIMARY KEY (passage)`);
  await query(`CREATE UNIQUE INDEX ON ${tables.passages} (number)`);
  await query(`CREATE INDEX ON ${tables.passages} USING hash (record)`);
  await query(`CREATE INDEX ON ${tables.passages} USING gin (words)`);
  const indexed = indexedVector('embedding', dimension);
  if (indexed)
    await query(
      `CREATE INDEX ON ${tables.passages} USING hnsw ((${indexed.sql}) ${indexed.operators}) ${HNSW}`,
    );
}
