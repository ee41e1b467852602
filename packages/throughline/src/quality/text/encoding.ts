/** Marks of a text that was decoded wrongly on its way. */
import { patternKind, type TextTest, textTest } from './text-test.ts';

export const ENCODING_KINDS = ['replacement', 'mojibake', 'control'] as const;
export type EncodingKind = (typeof ENCODING_KINDS)[number];

/** The characters that bytes 80 to BF are to those who take UTF-8 for Latin-1 or Windows-1252. */
const LATIN_1 = '\u0080-\u00bf';
const WINDOWS = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘“•–—˜™š›œžŸ';
const NEXT = `[${LATIN_1}${WINDOWS}]`;

/**
 * Two-byte letters begin with Ã or Â; those of Cyrillic with Ð or Ñ, two in a row. Closing quotes follow such a capital in sound
 * texts, and are left out. Three bytes and four: quotes, dashes, the mark of byte order, emoji.
 */
const MOJIBAKE = [
  `[ÃÂ]${NEXT}`,
  `(?:[ÐÑ]${NEXT}){2}`,
  'â€',
  `â\u0080[${LATIN_1}]`,
  'ï»¿',
  'ï¿½',
  `ðŸ|ð\u009f`,
];

const KINDS = {
  replacement: patternKind('\ufffd'),
  mojibake: patternKind(MOJIBAKE.join('|')),
  // All but tab, line feed and carriage return.
  control: patternKind('[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]'),
};

export function encodingTest(kinds: readonly EncodingKind[] = ENCODING_KINDS): TextTest {
  return textTest(KINDS, kinds);
}
