import type { WordList } from '../expand-terms.ts';
import { tokens } from '../tokens.ts';

/** The words of the index and of fresh passages. Misspelt words stand for words of the index alone. */
export function freshWords(below: WordList, words: ReadonlyMap<string, number>): WordList {
  const folded = (word: string) => tokens(word)[0] ?? word;
  return {
    ...below,
    async startingWith(prefix, limit) {
      const start = folded(prefix);
      const own = [...words]
        .filter(([word]) => word.startsWith(start))
        .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
        .map(([word]) => word);
      return [...new Set([...(await below.startingWith(prefix, limit)), ...own])].slice(0, limit);
    },
    async known(asked) {
      const there = await below.known(asked);
      return new Set(asked.filter((word) => there.has(word) || words.has(folded(word))));
    },
  };
}
