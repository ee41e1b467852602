/** What could be asked, and what answers it, in an order that depends on the content and the seed alone. */
import { quoteIdentifier, quoteLiteral } from '@throughline/delta';
import type { Session } from '../../engine/local/session.ts';

export interface Candidate {
  text: string;
  /** Records that answer it, in order of their ids: at most `MOST_RELEVANT`, and one more if there are more. */
  recordIds: string[];
}

/** More records than this make a query that says little. */
export const MOST_RELEVANT = 5;

/** Values of a column of text; records with equal values, but for case and white space, answer together. */
export async function* valueCandidates(
  session: Session,
  records: string,
  column: string,
  seed: number,
): AsyncGenerator<Candidate> {
  const value = `regexp_replace(trim(${quoteIdentifier(column)}), '\\s+', ' ', 'g')`;
  const given = `SELECT _id, ${value} AS value FROM ${records} WHERE ${quoteIdentifier(column)} IS NOT NULL`;
  const distinct = `SELECT lower(value) AS key, min(value) AS value, _id FROM (${given}) WHERE value <> '' GROUP BY 1, _id`;
  const sql = `SELECT min(value), ${someIds('_id')} FROM (${distinct}) GROUP BY key ORDER BY ${orderOf('key', seed)}, key`;
  for await (const batch of session.stream(sql))
    for (const [text, ids] of batch as [string, List][]) yield { text, recordIds: idsOf(ids) };
}

/** A longer first sentence is no query anyway. */
const LONGEST = 2_000;
/** Records that are looked at for each query that is wanted. */
const TRIED = 10;
/** Characters by which sentences and texts are brought together; what is shorter says nothing. */
const KEY = 8;

/** First sentences of the texts of some records; every record that begins with it answers. Memory: `wanted` sentences. */
export async function* sentenceCandidates(
  session: Session,
  records: string,
  wanted: number,
  seed: number,
): AsyncGenerator<Candidate> {
  const beginning = `regexp_replace(_text, '^\\s+', '')`;
  const sample = `SELECT left(${beginning}, ${LONGEST}) FROM (SELECT _text, _hash, _id FROM ${records} WHERE _text IS NOT NULL ORDER BY ${orderOf('_hash', seed)}, _id LIMIT ${wanted * TRIED})`;
  const sentences = new Set<string>();
  for await (const batch of session.stream(sample))
    for (const [text] of batch as [string][]) {
      const sentence = firstSentence(text);
      if ([...sentence].length >= KEY) sentences.add(sentence);
    }
  if (sentences.size === 0) return;
  const asked = [...sentences].map((sentence, i) => `(${i}, ${quoteLiteral(sentence)})`);
  // By their first characters, so that it is a join and not each with each.
  const same = `left(asked.sentence, ${KEY}) = left(there.beginning, ${KEY}) AND starts_with(there.beginning, asked.sentence)`;
  const sql = `SELECT asked.sentence, ${someIds('there._id')} FROM (VALUES ${asked.join(', ')}) AS asked(place, sentence) JOIN (SELECT DISTINCT _id, left(${beginning}, ${LONGEST}) AS beginning FROM ${records}) AS there ON ${same} GROUP BY asked.sentence, asked.place ORDER BY asked.place`;
  for await (const batch of session.stream(sql))
    for (const [text, ids] of batch as [string, List][]) yield { text, recordIds: idsOf(ids) };
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

function firstSentence(text: string): string {
  const [first] = segmenter.segment(text);
  return first?.segment.trim() ?? '';
}

/** DuckDB's value of a list. */
type List = { items: string[] };

function idsOf({ items }: List): string[] {
  return [...new Set(items)];
}

/** The smallest ids: one more than may be, to tell that there are more. */
function someIds(id: string): string {
  return `min(${id}, ${MOST_RELEVANT + 1})`;
}

function orderOf(key: string, seed: number): string {
  return `sha256(${key} || '/${seed}')`;
}
