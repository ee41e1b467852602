/** All parts of a parity report for a person. */
import { cutFigure } from '../compare/cut-figure.ts';
import type { ParityReport, SelfCheck } from '../compare/index.ts';
import type { Context } from './context.ts';
import { printComparison } from './print-comparison.ts';
import { formatCount, table } from './terminal.ts';

export function printParity(context: Context, { reference, before, checks }: ParityReport): void {
  if (reference) printComparison(context, reference);
  for (const check of checks) printCheck(context, check);
  if (!before) return;
  context.terminal.print();
  context.terminal.print(
    'Then and now. Rows may come, go and change; texts that are the same have to have the same vectors.',
  );
  printComparison(context, before);
}

function printCheck({ terminal }: Context, { title, passages, lines }: SelfCheck): void {
  terminal.print();
  terminal.print(`${title}: ${formatCount(passages)} passages`);
  const rows = lines.map(({ name, says, wanted, found, ok }) => [
    wanted === undefined ? '' : ok ? 'ok' : 'NOT',
    name,
    cutFigure(found, 'not measured'),
    wanted === undefined ? '' : `at least ${wanted}`,
    says,
  ]);
  for (const line of table(['', 'figure', 'found', 'wanted', ''], rows)) terminal.print(line);
}
