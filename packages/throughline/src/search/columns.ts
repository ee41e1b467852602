/** The tables beside a collection, asked with DuckDB: facets, and the words of the index. */
import { access } from 'node:fs/promises';
import { quoteIdentifier, quotePath } from '@throughline/delta';
import { EXIT, ThroughlineError } from '../error.ts';
import { duckDbString } from '../filter/duckdb.ts';
import type { FilterRow } from '../filter/evaluate.ts';
import { type Filter, toDuckDb } from '../filter/index.ts';
import type { Attribute } from '../source/mapping.ts';
import { openDatabase } from './database.ts';
import type { WordList } from './expand-terms.ts';
import { countFacets, type FacetColumn, type Facets } from './facets.ts';
import { recordsAfterChanges } from './records-after.ts';
import { wordList } from './word-list.ts';
import { recordsFile, wordsFile } from './write-columns.ts';

export interface IndexColumns extends AsyncDisposable {
  /** Records that meet the filter, by the values of each column. */
  facets(
    columns: readonly FacetColumn[],
    filter: Filter | undefined,
    changed?: ChangedRecords,
  ): Promise<Facets>;
  /** Chunks that have the record, where it meets the filter. */
  chunksOf(record: string, filter: Filter | undefined): Promise<string[]>;
  readonly words: WordList;
}

/** What has become of records since the tables were written. */
export interface ChangedRecords {
  /** When: of one moment all is the same. */
  moment: number;
  attributes: readonly Attribute[];
  /** Ids of records that the tables are wrong about. */
  gone(): readonly string[];
  /** Records that are there instead: `_chunk`, `_id`, `_at` and the attributes. */
  rows(): readonly FilterRow[];
}

/** A collection, and the chunks of it that have been replaced since. */
export interface ColumnsPart {
  collection: string;
  without?: readonly string[];
}

export type Query = (sql: string, values?: (string | number)[]) => Promise<Record<string, unknown>[]>;

/** Opened with the first question to them: most searches have none. */
export function indexColumns(version: string, parts: readonly ColumnsPart[]): IndexColumns {
  let opening: ReturnType<typeof open> | undefined;
  const query: Query = async (sql, values = []) => {
    opening ??= open(version, parts);
    const { connection } = await opening;
    return (await connection.runAndReadAll(sql, values)).getRowObjectsJS();
  };
  return {
    async facets(columns, filter, changed) {
      if (changed === undefined) return countFacets(query, columns, filter);
      opening ??= open(version, parts);
      await using records = await (await opening).after(changed);
      return await countFacets(query, columns, filter, records.sql);
    },
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
      (await opening?.catch(() => undefined))?.close();
    },
  };
}

async function open(version: string, parts: readonly ColumnsPart[]) {
  for (const { collection } of parts)
    for (const file of [recordsFile(collection), wordsFile(collection)])
      await access(file).catch(() => {
        throw missing(version);
      });
  const database = await openDatabase();
  const { connection } = database;
  await connection.run(`CREATE VIEW records AS ${parts.map(recordsOf).join(' UNION ALL BY NAME ')}`);
  const words = `read_parquet([${parts.map(({ collection }) => quotePath(wordsFile(collection))).join(', ')}])`;
  const summed = `SELECT word, sum(passages) AS passages FROM ${words} GROUP BY word`;
  await connection.run(`CREATE VIEW words AS ${parts.length > 1 ? summed : `SELECT * FROM ${words}`}`);
  return { ...database, after: recordsAfterChanges(connection) };
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
