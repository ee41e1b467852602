import { stem } from './stem.ts';
import { stopWords, wordsOf } from './words.ts';

/** The words of a text that carry meaning, by their rough stem: to see whether two texts speak of the same. */
export function contentStems(text: string, { language = 'en' } = {}): Map<string, string> {
  const words = wordsOf(text, stopWords(language)).filter((word) => word !== null);
  return new Map(
    words.flatMap((word) => word.split(/['’‐-]/).map((part): [string, string] => [stem(part), part])),
  );
}
