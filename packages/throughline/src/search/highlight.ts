/** Words of a passage that a query asks for, by the same folding and stemming as the index. */
import { stemmer } from 'stemmer';
import stopwords from 'stopwords-iso' with { type: 'json' };

/** UTF-16 code units in the passage's text, half-open. */
export interface Highlight {
  start: number;
  end: number;
}

/** Code units. */
const [ASCII, UPPER_A, UPPER_Z, LOWER] = [0x7f, 0x41, 0x5a, 0x20];

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}]+)?/gu;
const STOPWORDS = new Set((stopwords as Record<string, string[]>).en);

/**
 * Marks the words of a query in texts. Neighbouring words are one span. Stop words alone are not marked, unless the query
 * has nothing else.
 */
export function highlighter(query: string): (text: string) => Highlight[] {
  const asked = wordsOf(query);
  const telling = asked.filter(({ word }) => !STOPWORDS.has(word.toLowerCase()));
  const stems = new Set((telling.length > 0 ? telling : asked).map(({ word }) => stem(word)));
  // Stemming never changes the first letter: most words need not be stemmed to be passed over.
  const first = new Set(Array.from(stems, (one) => one.charCodeAt(0)));
  const mayBe = (word: string) => {
    const letter = word.charCodeAt(0);
    return letter > ASCII || first.has(letter >= UPPER_A && letter <= UPPER_Z ? letter + LOWER : letter);
  };
  return (text) => {
    const spans: Highlight[] = [];
    if (stems.size === 0) return spans;
    for (const { word, index } of wordsOf(text)) {
      if (!mayBe(word) || !stems.has(stem(word))) continue;
      const last = spans.at(-1);
      if (last && text.slice(last.end, index).trim() === '') last.end = index + word.length;
      else spans.push({ start: index, end: index + word.length });
    }
    return spans;
  };
}

function wordsOf(text: string): { word: string; index: number }[] {
  return Array.from(text.matchAll(WORD), (match) => ({ word: match[0], index: match.index }));
}

export function stem(word: string): string {
  return stemmer(
    word
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .replace(/['’]s$/i, '')
      .toLowerCase(),
  );
}
