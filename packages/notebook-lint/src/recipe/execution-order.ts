import { type Analysis, analyse } from '../analysis.ts';
import { namesOf } from '../flow/names.ts';
import type { Cell, Notebook } from '../notebook/notebook.ts';
import type { ParsePython } from '../python/parser.ts';

/**
 * The cells in the order in which they ran, where their counts say so: each count once, and no name is missing that file
 * order has. Counts that repeat come from several sessions; a cell of imports that was run again last ran before, too.
 */
export function analyseAsRun(notebook: Notebook, parse: ParsePython, notes: string[]): Analysis {
  const inFile = analyse(notebook, parse, notes);
  const sorted = sortedByCount(notebook);
  if (!sorted) return inFile;
  const asRun = analyse(sorted, parse, []);
  return missing(asRun) > missing(inFile) ? inFile : asRun;
}

function missing({ trees, magics }: Analysis): number {
  return namesOf(trees, magics).missing.length;
}

/** Undefined where the counts order nothing, or the file is in that order. A cell that was not run stays where it is. */
function sortedByCount(notebook: Notebook): Notebook | undefined {
  const { cells } = notebook;
  const counts = cells
    .map(({ executionCount }) => executionCount)
    .filter((count) => typeof count === 'number');
  if (counts.length < 2 || new Set(counts).size < counts.length) return undefined;
  let above = 0;
  const placed = cells.map((cell): { cell: Cell; count: number } => {
    above = cell.executionCount ?? above;
    return { cell, count: above };
  });
  const sorted = placed.sort((a, b) => a.count - b.count).map(({ cell }) => cell);
  return sorted.every((cell, at) => cell === cells[at]) ? undefined : { ...notebook, cells: sorted };
}
