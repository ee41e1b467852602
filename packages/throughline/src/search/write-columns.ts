/** The tables that an index has beside its collection: what a search engine of vectors and words does not answer. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AddFile, quoteIdentifier, quoteLiteral, relation, type Snapshot } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import type { Attribute } from '../source/mapping.ts';

/** Inside of the collection's folder, so that they are published, copied and checked with it. Zvec does not mind. */
const FOLDER = 'columns';

/**
 * `_chunk, _id, _at` and the attributes of each record, ordered by time, so that a filter of it skips row groups. `_record`
 * is 64 bits of the id's hash: distinct ones are counted in half of the time.
 */
export function recordsFile(collection: string): string {
  return join(collection, FOLDER, 'records.parquet');
}

/** `word, passages`: each word, folded, and how many passages have it; ordered by word. */
export function wordsFile(collection: string): string {
  return join(collection, FOLDER, 'words.parquet');
}

/** A text as the words are: in lower case, without accents, with one kind of apostrophe. */
export function foldSql(text: string): string {
  return `lower(strip_accents(replace(${text}, '’', '''')))`;
}

/** As `wordsOf` finds them. What has no letter is a number, and there is no end of those. */
const WORD = "[\\p{L}\\p{N}\\p{M}_]+(?:['.][\\p{L}\\p{N}]+)*";
const LONGEST_WORD = 64;

/** Writes both tables of some files of one version of the passages. Memory is bounded by the session; a remote table's files are on the disk meanwhile. */
export async function writeColumns(
  snapshot: Snapshot,
  collection: string,
  attributes: readonly Attribute[],
  files: readonly AddFile[],
): Promise<void> {
  await mkdir(join(collection, FOLDER), { recursive: true });
  await using session = await openSession();
  await using passages = await relation(snapshot, { files });
  const columns = ['_chunk', '_id', '_at', ...attributes.map(({ name }) => quoteIdentifier(name))].join(', ');
  // Every record has a first passage, and all of its passages have the same attributes.
  const records = `SELECT ${columns}, md5_number_lower(_id) AS _record FROM ${passages.sql} AS p WHERE _ordinal = 0 ORDER BY _at, _chunk, _id`;
  await session.query(`COPY (${records}) TO ${quoteLiteral(recordsFile(collection))} (FORMAT parquet)`);
  const found = `list_distinct(regexp_extract_all(${foldSql('_text')}, ${quoteLiteral(WORD)}))`;
  const words = `SELECT word, count(*) AS passages FROM (SELECT unnest(${found}) AS word FROM ${passages.sql} AS p)
      WHERE length(word) <= ${LONGEST_WORD} AND regexp_matches(word, '\\p{L}') GROUP BY word ORDER BY word`;
  await session.query(`COPY (${words}) TO ${quoteLiteral(wordsFile(collection))} (FORMAT parquet)`);
}
