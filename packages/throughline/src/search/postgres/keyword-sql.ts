/**
 * The words of a question as SQL. What they weigh comes from `words_...`, whose postings hold all of BM25 but the rarity of a word:
 * ln(1 + (N - n + 0.5) / (n + 0.5)), with n of N passages that have it. What must be there, or must not, is a tsquery.
 */
import type { KeywordQuery } from '../keyword-query.ts';
import { tokens } from '../tokens.ts';
import { lexeme, type Stems } from './analyse.ts';
import type { Bind } from './bind.ts';
import type { Tables } from './tables.ts';

/** A question as stems. */
export interface StemmedQuery {
  /** Words that count wherever they are, each as often as it was asked for. */
  words: string[];
  /** Words that count only where they stand in a row. */
  rows: string[][];
  /** What a passage has to meet, as the text of a tsquery; undefined where one of the words is enough. */
  meets: string | undefined;
}

/** Undefined where no passage can match. A phrase weighs as much as its words, as in Zvec. */
export async function stemQuery(query: KeywordQuery, stems: Stems): Promise<StemmedQuery | undefined> {
  if ('plain' in query) {
    const words = await stems(tokens(query.plain));
    return words.length === 0 ? undefined : { words, rows: [], meets: undefined };
  }
  const waysOf = async (anyOf: readonly string[][]) => {
    const ways = await Promise.all(anyOf.map((row) => stems(row.flatMap(tokens))));
    return ways.filter((way) => way.length > 0);
  };
  const clauses = await Promise.all(
    query.clauses.map(async ({ occurs, anyOf }) => ({ occurs, ways: await waysOf(anyOf) })),
  );
  const told = clauses.filter(({ ways }) => ways.length > 0);
  if (clauses.some(({ occurs, ways }) => occurs === 'must' && ways.length === 0)) return undefined;
  const wanted = told.filter(({ occurs }) => occurs !== 'not').flatMap(({ ways }) => ways);
  if (wanted.length === 0) return undefined;
  const conditions = told.flatMap(({ occurs, ways }) =>
    occurs === 'should' ? [] : [`${occurs === 'not' ? '!' : ''}(${ways.map(rowText).join(' | ')})`],
  );
  return {
    words: wanted.filter(({ length }) => length === 1).flat(),
    rows: wanted.filter(({ length }) => length > 1),
    meets: conditions.length === 0 ? undefined : conditions.join(' & '),
  };
}

function rowText(stems: readonly string[]): string {
  const row = stems.map(lexeme).join(' <-> ');
  return stems.length > 1 ? `(${row})` : row;
}

/** Rows of `number, score`: every passage that has one of the words. `passages`: how many there are. */
export function scoresSql(
  { words, rows }: StemmedQuery,
  tables: Tables,
  passages: number,
  bind: Bind,
): string {
  const parts = rows.map((row) => {
    const inRow = `SELECT number FROM ${tables.passages} WHERE words @@ ${bind(rowText(row))}::tsquery`;
    return `SELECT number, weight FROM (${weightsSql(row, tables, passages, bind)}) AS w WHERE number IN (${inRow})`;
  });
  if (words.length > 0) parts.unshift(weightsSql(words, tables, passages, bind));
  return `SELECT number, sum(weight)::real AS score FROM (${parts.join(' UNION ALL ')}) AS weights GROUP BY number`;
}

function weightsSql(words: readonly string[], tables: Tables, passages: number, bind: Bind): string {
  // In floats, and once for each word: of the type numeric, a logarithm for each posting took most of the time.
  const rarity = `ln(1::float8 + (${passages} - w.passages + 0.5::float8) / (w.passages + 0.5::float8))`;
  return `SELECT unnest(numbers) AS number, unnest(weights) * factor AS weight FROM (SELECT numbers, weights, times * ${rarity} AS factor
    FROM (SELECT word, count(*) AS times FROM unnest(${bind(words)}::text[]) AS a(word) GROUP BY word) AS asked
    JOIN ${tables.words} AS w ON w.word = asked.word COLLATE "C" OFFSET 0) AS factors`;
}
