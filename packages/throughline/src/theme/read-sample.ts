import { quoteIdentifier, quoteLiteral, relation, type Snapshot } from '@throughline/delta';
import type { Config } from '../config/index.ts';
import { openSession } from '../engine/local/session.ts';

export interface Sample {
  ids: string[];
  /** Of the texts: what names a text, whatever record it is of. */
  hashes: string[];
  texts: string[];
  /** Row i belongs to text i. */
  vectors: Float32Array;
  dimension: number;
  /** Values of the attributes that were asked for, one a text. */
  attributes?: Record<string, (string | null)[]>;
}

/** How many texts, and of which periods as many each as there are: of `month`, say, by the time at which a text came first, in UTC. */
export type SampleSettings = Pick<Config['themes'], 'sample' | 'stratify'>;

/**
 * The passages with the smallest content hashes: a fair sample, the same for the same texts. Each text once. Which
 * they are is settled by hashes, times and ids alone: the texts and vectors of all passages would not fit in memory. Of them those
 * whose text is wanted. `order`: id, timestamp or attributes by which they are sorted, before the hashes.
 */
export async function readSample(
  passages: Snapshot,
  settings: SampleSettings,
  isWanted: (text: string) => boolean = () => true,
  attributes: readonly string[] = [],
  order: readonly string[] = [],
): Promise<Sample> {
  await using session = await openSession();
  await using rows = await relation(passages);
  const table = `(${rows.sql})`;
  const chosen = chosenSql(table, settings);
  // Once more DISTINCT: a record that is in two chunks has its passages in both.
  const named = attributes.map((name) => `, "${name}"`).join('');
  const columns = `_hash, _passage, _text, _embedding${named}`;
  const sql = `SELECT ${columns} FROM (SELECT DISTINCT ON (_hash) * FROM (${chosen}) JOIN ${table} USING (_hash, _passage)) AS s ORDER BY ${[...order.flatMap(sortKeys), '_hash'].join(', ')}`;
  const ids: string[] = [];
  const hashes: string[] = [];
  const texts: string[] = [];
  const embeddings: Float32Array[] = [];
  const values = attributes.map((): (string | null)[] => []);
  for await (const batch of session.stream(sql)) {
    for (const [hash, passage, text, embedding, ...own] of batch as SampleRow[]) {
      if (!isWanted(text)) continue;
      for (const [i, value] of own.entries()) values[i]!.push(value);
      ids.push(passage);
      hashes.push(hash);
      texts.push(text);
      embeddings.push(Float32Array.from(embedding.items));
    }
  }
  const dimension = embeddings[0]?.length ?? 0;
  const vectors = new Float32Array(ids.length * dimension);
  for (const [i, embedding] of embeddings.entries()) vectors.set(embedding, i * dimension);
  const byName = Object.fromEntries(attributes.map((name, i) => [name, values[i]!]));
  return { ids, hashes, texts, vectors, dimension, ...(attributes.length > 0 && { attributes: byName }) };
}

function chosenSql(table: string, { sample, stratify }: SampleSettings): string {
  const texts = (also = '') => `SELECT _hash, min(_passage) AS _passage${also} FROM ${table} GROUP BY _hash`;
  if (stratify === undefined) return `${texts()} ORDER BY _hash LIMIT ${sample}`;
  const inPeriods = texts(`, date_trunc(${quoteLiteral(stratify)}, min(_at)) AS period`);
  // The first of each period, then the second of each: a period that has no more leaves its place to the others.
  return `SELECT _hash, _passage FROM (${inPeriods}) ORDER BY row_number() OVER (PARTITION BY period ORDER BY _hash), _hash LIMIT ${sample}`;
}

const SYSTEM_COLUMNS: Readonly<Record<string, string>> = { id: '_id', timestamp: '_at' };

/** Whole numbers that are kept as texts, as ids are, sort as numbers; before other texts. */
function sortKeys(name: string): string[] {
  const column = `s.${quoteIdentifier(SYSTEM_COLUMNS[name] ?? name)}`;
  return [`TRY_CAST(${column}::VARCHAR AS HUGEINT) NULLS LAST`, `${column} NULLS LAST`];
}

type SampleRow = [string, string, string, { items: number[] }, ...(string | null)[]];
