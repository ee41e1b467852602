import { scanStrings } from './json-strings.ts';

/**
 * For each cell of a notebook's JSON text, by its place among all cells, the line of the file on which each line of
 * its source stands. Jupyter writes one line of code on one line of the file; where several share one, they share it.
 */
export function fileLines(text: string): Map<string, number[]> {
  const lines = new Map<string, number[]>();
  let line = 1;
  let counted = 0;
  scanStrings(text, (path, offset) => {
    const place = placeOf(path);
    if (place === undefined) return;
    for (let at = text.indexOf('\n', counted); at >= 0 && at < offset; at = text.indexOf('\n', at + 1))
      line++;
    counted = offset;
    lines.set(place, [...(lines.get(place) ?? []), line]);
  });
  return lines;
}

/** `SHEET/CELL` of a path to a line of source. Sheets are nbformat 3's. */
function placeOf(path: readonly (string | number)[]): string | undefined {
  const [first, second] = path;
  if (first === 'cells' && path[2] === 'source') return `0/${second}`;
  if (first === 'worksheets' && path[2] === 'cells' && (path[4] === 'input' || path[4] === 'source'))
    return `${second}/${path[3]}`;
  return undefined;
}
