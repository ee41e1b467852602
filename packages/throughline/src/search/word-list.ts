import type { Query } from './columns.ts';
import { fold, type WordList } from './expand-terms.ts';
import { stem } from './highlight.ts';

/** Letters that forms of a word begin with. */
const COMMON_START = 3;

/** The words of an index, out of its table of words. */
export function wordList(query: Query): WordList {
  const wordsOf = (rows: Record<string, unknown>[]) => rows.map(({ word }) => String(word));
  return {
    async startingWith(prefix, limit) {
      return wordsOf(
        await query(
          `SELECT word FROM words WHERE starts_with(word, $1) ORDER BY passages DESC, word LIMIT ${limit}`,
          [prefix],
        ),
      );
    },
    async known(words) {
      if (words.length === 0) return new Set();
      const places = words.map((_, i) => `$${i + 1}`).join(', ');
      return new Set(wordsOf(await query(`SELECT word FROM words WHERE word IN (${places})`, [...words])));
    },
    async frequency(word) {
      const start = fold(word).slice(0, COMMON_START);
      const rows = await query('SELECT word, passages FROM words WHERE starts_with(word, $1)', [start]);
      const same = rows.filter((row) => stem(String(row.word)) === stem(word));
      return same.reduce((sum, { passages }) => sum + Number(passages), 0);
    },
    async near(word, edits, limit) {
      return wordsOf(
        await query(
          `SELECT word FROM (
             SELECT word, passages, damerau_levenshtein(word, $1) AS distance FROM words
             WHERE length(word) BETWEEN length($1) - ${edits} AND length($1) + ${edits})
           WHERE distance <= ${edits} ORDER BY distance, passages DESC, word LIMIT ${limit}`,
          [word],
        ),
      );
    },
  };
}
