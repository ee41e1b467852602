/**
 * Texts as literals of Zvec 0.7. Its lexer takes a backslash and the next character as a pair; afterwards a
 * backslash before either quote is dropped, and every other backslash stays: there is no way to write one
 * backslash at the end of a text, or an odd number of them before the quote that surrounds it.
 */

/** The literal that Zvec reads as exactly `text`, or undefined when it has none. */
export function zvecString(text: string): string | undefined {
  const escaped = text.replace(/['"]/g, '\\$&');
  for (const quote of ["'", '"']) {
    if (evenBefore(text, quote)) return `${quote}${escaped}${quote}`;
  }
  return undefined;
}

/** Runs of backslashes at the end, or before `quote`, are of even length: the lexer's pairs do not eat a quote. */
function evenBefore(text: string, quote: string): boolean {
  for (const [, run, next] of text.matchAll(/(\\+)(.|$)/gsu)) {
    if ((next === '' || next === quote) && run!.length % 2 === 1) return false;
  }
  return true;
}

/** A LIKE pattern for texts that contain `text`, which is not empty. */
export function zvecLikeContains(text: string): string | undefined {
  const plain = !/[%_]|\\$/.test(text);
  return zvecString(`%${plain ? text : escapeLike(text)}%`);
}

/** A LIKE pattern for texts that end with `text`, which is not empty. */
export function zvecLikeEndsWith(text: string): string | undefined {
  const plain = !/[%_]/.test(text);
  return zvecString(`%${plain ? text : escapeLike(text)}`);
}

/**
 * Arrow, which runs LIKE, turns a pattern whose only wildcards are at its ends into a search for the raw text
 * between them, backslashes and all; only other patterns know escapes.
 */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
