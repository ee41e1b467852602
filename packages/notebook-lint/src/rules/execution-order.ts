import type { Cell } from '../notebook/notebook.ts';
import type { Hit, Rule } from './rule.ts';

export const executionOrder: Rule = {
  id: 'execution-order',
  severity: 'warning',
  title: 'cells run out of order, with gaps, or not at all',
  why: 'The saved results come from another order than top to bottom: running the notebook again need not give them.',
  fix: 'Restart the kernel and run all cells, then compare again: `throughline compare` tells whether the results are the same.',
  *check({ notebook: { cells } }) {
    const code = cells.filter(({ kind, source }) => kind === 'code' && source.trim() !== '');
    if (!code.some(({ executionCount }) => typeof executionCount === 'number')) return;
    let above = 0;
    for (const cell of code) {
      if (cell.executionCount === undefined) continue;
      const message = messageOf(cell.executionCount, above);
      if (message !== undefined) yield at(cell, message);
      above = cell.executionCount ?? above;
    }
  },
};

function messageOf(count: number | null, above: number): string | undefined {
  if (count === null) return 'The cell was not run in the saved state, others were';
  if (count === above + 1) return undefined;
  if (above === 0) return `The first cell that was run has the count ${count}, not 1`;
  return count > above
    ? `Count ${count} after ${above}: cells were run that are not here, or some again`
    : `Count ${count} after ${above}: run out of order`;
}

function at({ index, source }: Cell, message: string): Hit {
  const first = source.split('\n').findIndex((line) => line.trim() !== '') + 1;
  return { at: { cell: index, line: first, endLine: first }, message };
}
