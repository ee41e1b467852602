import type { Query } from './columns.ts';
import type { WordList } from './expand-terms.ts';
import { stem } from './highlight.ts';
import { foldSql } from './write-columns.ts';

/** Letters that forms of a word begin with. */
const COMMON_START = 3;

/** The words of an index, out of its table of words. */
export function wordList(query: Query): WordList {
  const wordsOf = async (sql: string, values: string[]) =>
    (await query(sql, values)).map(({ word }) => String(word));
  return {
    startingWith: (prefix, limit) =>
      wordsOf(
        `SELECT word FROM words WHERE starts_with(word, ${foldSql('$1')}) ORDER BY passages DESC, word LIMIT ${limit}`,
        [prefix],
      ),
    async known(words) {
      if (words.length === 0) return new Set();
      const given = words.map((_, i) => `($${i + 1})`).join(', ');
      const sql = `SELECT given AS word FROM (VALUES ${given}) AS g(given) WHERE ${foldSql('given')} IN (SELECT word FROM words)`;
      return new Set(await wordsOf(sql, [...words]));
    },
    async frequency(word) {
      const sql = `SELECT word, passages FROM words WHERE starts_with(word, left(${foldSql('$1')}, ${COMMON_START}))`;
      const rows = await query(sql, [word]);
      const same = rows.filter((row) => stem(String(row.word)) === stem(word));
      return same.reduce((sum, { passages }) => sum + Number(passages), 0);
    },
    near: (word, edits, limit) =>
      wordsOf(
        `WITH given AS (SELECT ${foldSql('$1')} AS wanted),
           near AS (SELECT word, passages, damerau_levenshtein(word, wanted) AS distance FROM words, given
             WHERE length(word) BETWEEN length(wanted) - ${edits} AND length(wanted) + ${edits})
         SELECT word FROM near WHERE distance <= ${edits} ORDER BY distance, passages DESC, word LIMIT ${limit}`,
        [word],
      ),
  };
}
