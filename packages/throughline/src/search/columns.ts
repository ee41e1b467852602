/** The tables beside a collection, asked with DuckDB: facets, and the words of the index. */
import { access } from 'node:fs/promises';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { quoteIdentifier, quotePath } from '@throughline/delta';
import { EXIT, ThroughlineError } from '../error.ts';
import { duckDbString } from '../filter/duckdb.ts';
import { type Filter, toDuckDb } from '../filter/index.ts';
import type { WordList } from './expand-terms.ts';
import { countFacets, type FacetColumn, type Facets } from './facets.ts';
import { wordList } from './word-list.ts';
import { recordsFile, wordsFile } from './write-columns.ts';

export interface IndexColumns extends AsyncDisposable {
  /** Records that meet the filter, by the values of each column. */
  facets(columns: readonly FacetColumn[], filter: Filter | undefined): Promise<Facets>;
  /** Chunks that have the record, where it meets the filter. */
  chunksOf(record: string, filter: Filter | undefined): Promise<string[]>;
  readonly words: WordList;
}

/** A collection, and the chunks of it that have been replaced since. */
export interface ColumnsPart {
  collection: string;
  without?: readonly string[];
}

export type Query = (sql: string, values?: (string | number)[]) => Promise<Record<string, unknown>[]>;

const MEMORY_LIMIT = '512MB';

/** Opened with the first question to them: most searches have none. */
export function indexColumns(version: string, parts: readonly ColumnsPart[]): IndexColumns {
  let opening: Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> | undefined;
  const query: Query = async (sql, values = []) => {
    opening ??= open(version, parts);
    const { connection } = await opening;
    return (await connection.runAndReadAll(sql, values)).getRowObjectsJS();
  };
  return {
    facets: (columns, filter) => countFacets(query, columns, filter),
    async chunksOf(record, filter) {
      const condition = filter === undefined ? '' : `AND ${toDuckDb(filter, quoteIdentifier)}`;
      const rows = await query(
        `SELECT DISTINCT _chunk FROM records WHERE _record = md5_number_lower($1) AND _id = $1 ${condition} ORDER BY 1`,
        [record],
      );
      return rows.map(({ _chunk }) => String(_chunk));
    },
    words: wordList(query),
    async [Symbol.asyncDispose]() {
      const opened = await opening?.catch(() => undefined);
      opened?.connection.closeSync();
      opened?.instance.closeSync();
    },
  };
}

async function open(version: string, parts: readonly ColumnsPart[]) {
  for (const { collection } of parts)
    for (const file of [recordsFile(collection), wordsFile(collection)])
      await access(file).catch(() => {
        throw missing(version);
      });
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`CREATE VIEW records AS ${parts.map(recordsOf).join(' UNION ALL BY NAME ')}`);
  const words = `read_parquet([${parts.map(({ collection }) => quotePath(wordsFile(collection))).join(', ')}])`;
  const summed = `SELECT word, sum(passages) AS passages FROM ${words} GROUP BY word`;
  await connection.run(`CREATE VIEW words AS ${parts.length > 1 ? summed : `SELECT * FROM ${words}`}`);
  return { instance, connection };
}

function recordsOf({ collection, without = [] }: ColumnsPart): string {
  const all = `SELECT * FROM read_parquet(${quotePath(recordsFile(collection))}, can_have_nan = true)`;
  return without.length === 0 ? all : `${all} WHERE _chunk NOT IN (${without.map(duckDbString).join(', ')})`;
}

function missing(version: string): ThroughlineError {
  return new ThroughlineError(`the tables beside the index ${version} are not there`, {
    code: 'index_damaged',
    exitCode: EXIT.noInput,
    hint: 'It may be an old version that was removed: open the promoted one. If that is it, build it again: throughline run',
  });
}
