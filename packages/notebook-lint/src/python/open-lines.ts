/**
 * For each line whether a statement can begin on it: false inside brackets, in a string over several lines, and
 * after a backslash. A line that begins with `%` or `!` is a magic only where a statement can begin.
 */
export function statementStarts(lines: readonly string[]): boolean[] {
  let depth = 0;
  let quote: string | undefined;
  let continued = false;
  return lines.map((line) => {
    const starts = depth === 0 && quote === undefined && !continued;
    continued = false;
    if (starts && isMagicLine(line)) {
      return true;
    }
    for (let i = 0; i < line.length; i++) {
      const character = line[i]!;
      if (quote !== undefined) {
        if (character === '\\') i++;
        else if (line.startsWith(quote, i)) {
          i += quote.length - 1;
          quote = undefined;
        }
      } else if (character === '#') break;
      else if (character === '"' || character === "'") {
        quote = line.startsWith(character.repeat(3), i) ? character.repeat(3) : character;
        i += quote.length - 1;
      } else if ('([{'.includes(character)) depth++;
      else if (')]}'.includes(character)) depth = Math.max(0, depth - 1);
      else if (character === '\\' && i === line.length - 1) continued = true;
    }
    // A string in single quotes ends with its line, unless a backslash carries it on.
    if (quote?.length === 1 && !line.endsWith('\\')) quote = undefined;
    return starts;
  });
}

export function isMagicLine(line: string): boolean {
  return /^\s*(%|!|\?\w)/.test(line) || /^\s*[\w.]+\?{1,2}\s*$/.test(line) || AUTOMAGIC.test(line);
}

/** IPython runs these without their percent sign. */
const AUTOMAGIC = /^\s*(pip3?|conda|mamba) +install\s/;
