/** Words of texts as Zvec's analyser cuts and folds them: by Unicode's rules (UAX 29), in lower case, Latin letters without accents. */

/** A sign between letters, or between digits, is of their word: `don't`, `U.S`, `2,500.00`. Scripts without blanks are cut into signs. */
const WORD =
  /[\p{sc=Han}\p{sc=Hira}]|(?:(?![\p{sc=Han}\p{sc=Hira}])[\p{L}\p{N}\p{M}\p{Pc}]|(?<=\p{L}\p{M}*)['.:·](?=\p{L})|(?<=\p{Nd})['.,;](?=\p{Nd}))+/gu;
const TELLING = /[\p{L}\p{N}]/u;

/** Letters that do not come apart into a letter and an accent. */
const LETTERS: Record<string, string> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ħ: 'h', ı: 'i', ŋ: 'n', ŧ: 't' },
  ...{ '’': "'", '‘': "'", ʼ: "'" },
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');

/** Code units of a word; what is longer is no word. */
const LONGEST = 64;

/** The words of a text, folded, in their order. */
export function tokens(text: string): string[] {
  const folded = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(LETTER, (letter) => LETTERS[letter]!);
  const found = folded.match(WORD) ?? [];
  return found.filter((word) => TELLING.test(word)).map((word) => word.slice(0, LONGEST).toWellFormed());
}
