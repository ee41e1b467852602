import { detect } from 'tinyld/light';

/** Shorter texts are not judged: detection of a few words is a guess. */
const MIN_LENGTH = 40;
const TEXT_LENGTH = 400;

/** ISO 639-1, or `unknown` where the text is too short to tell. By its beginning. */
export function languageOf(text: string): string {
  return text.length < MIN_LENGTH ? 'unknown' : detect(text.slice(0, TEXT_LENGTH)) || 'unknown';
}
