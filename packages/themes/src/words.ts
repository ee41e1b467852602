import stopWordsIso from 'stopwords-iso/stopwords-iso.json' with { type: 'json' };

/** Words of a text in order, in lower case; null where something stands that breaks a phrase. */
export type Words = (string | null)[];

/**
 * Splits a text into its Unicode words. Stop words (stopwords-iso), redactions such as XXXX, numbers and punctuation
 * within a sentence become null: terms do not reach across them. Plural and singular are different words here.
 */
export function wordsOf(text: string, isStopWord: (word: string) => boolean): Words {
  const words: Words = [];
  let end = 0;
  for (const match of text.normalize('NFC').matchAll(WORD)) {
    if (/[^\s]/.test(match.input.slice(end, match.index))) words.push(null);
    end = match.index + match[0].length;
    const word = match[0].toLowerCase().replaceAll('’', "'").replace(/'s?$/, '');
    words.push(isTerm(word) && !isStopWord(word) ? word : null);
  }
  return words;
}

/** Letters, marks and digits, with apostrophes and hyphens inside. */
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’\-‐][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*/gu;
const MAX_LETTERS = 40;

function isTerm(word: string): boolean {
  if (word.length < 2 && !/\p{Ideographic}/u.test(word)) return false;
  if (word.length > MAX_LETTERS || /^x+(?:-x+)*$/.test(word)) return false;
  return /\p{L}/u.test(word) && !/^[\p{N}x'-]+(?:st|nd|rd|th|am|pm)?$/u.test(word);
}

/** Stop words of a language by its ISO 639-1 code; an unknown language has none. */
export function stopWords(language: string): (word: string) => boolean {
  const words = new Set(STOP_WORDS[language] ?? []);
  if (language === 'en') for (const word of ENGLISH_CONTENT) words.delete(word);
  return (word) => words.has(word) || words.has(word.replaceAll("'", '')) || shortened(word, words);
}

const STOP_WORDS: Record<string, string[]> = stopWordsIso;

/** Words that stopwords-iso counts as English stop words and that say what a business text is about. */
const ENGLISH_CONTENT = [
  ...[
    'bill',
    'call',
    'case',
    'computer',
    'copy',
    'fire',
    'home',
    'homepage',
    'interest',
    'member',
    'members',
    'move',
  ],
  ...[
    'number',
    'numbers',
    'order',
    'ordered',
    'ordering',
    'orders',
    'page',
    'pages',
    'research',
    'ring',
    'room',
  ],
  ...['rooms', 'section', 'shed', 'site', 'system', 'test', 'text', 'web', 'webpage', 'website'],
];

/** "wouldn't" and "they're" are stop words when what stands before the apostrophe is. */
function shortened(word: string, words: Set<string>): boolean {
  const [stem, ending] = word.split("'");
  if (ending === undefined || !/^(?:t|s|d|m|re|ve|ll)$/.test(ending)) return false;
  return words.has(stem!) || words.has(stem!.replace(/n$/, ''));
}
