/** A comparison for a person: a table of what each side has, what differs, then the verdict. */
import { cutFigure } from '../compare/cut-figure.ts';
import type { Comparison } from '../compare/index.ts';
import { LEAST } from '../compare/verdict.ts';
import type { Context } from './context.ts';
import { excerpt } from './excerpt.ts';
import { formatCount, printable, type Terminal, table } from './terminal.ts';

export function printComparison({ terminal }: Context, comparison: Comparison): void {
  printSides(terminal, comparison);
  printMeasures(terminal, comparison);
  printExamples(terminal, comparison);
  printWorst(terminal, comparison);
  for (const note of comparison.notes) terminal.print(printable(note));
  if (comparison.notes.length > 0) terminal.print();
  printVerdict(terminal, comparison);
}

type Cells = (string | number)[];

function printSides(terminal: Terminal, { counts: { a, b }, matching, deadLetters }: Comparison): void {
  terminal.print(`A  ${printable(a.path)} (${a.kind})`);
  terminal.print(`B  ${printable(b.path)} (${b.kind})`);
  terminal.print();
  const reasons = new Set([...Object.keys(deadLetters.a ?? {}), ...Object.keys(deadLetters.b ?? {})]);
  const rows: Cells[] = [
    [matching.level, a.rows, b.rows],
    ['different ids', a.ids, b.ids],
    ['vectors', a.vectors, b.vectors],
    ['duplicates', a.duplicates, b.duplicates],
    ...[...reasons].sort().map((reason) => {
      const count = (side: Record<string, number> | null) => (side === null ? '-' : (side[reason] ?? 0));
      return [`dead: ${reason}`, count(deadLetters.a), count(deadLetters.b)];
    }),
  ];
  for (const line of table(['', 'A', 'B'], rows)) terminal.print(line);
  terminal.print();
}

function printMeasures(terminal: Terminal, comparison: Comparison): void {
  const { matching, vectors, neighbours, themes } = comparison;
  const rows: Cells[] = [
    ['in both', matching.rows, `by ${matching.by.join(', ')}`],
    ['missing', comparison.missing, `in A only; ${formatCount(matching.missingIds)} ids`],
    ['extra', comparison.extra, `in B only; ${formatCount(matching.extraIds)} ids`],
  ];
  if (comparison.changed !== null) rows.push(['changed', comparison.changed, 'texts that differ']);
  if (vectors !== null) {
    const { compared, min, p1, p5, median, mean, below, unlike } = vectors;
    rows.push(
      [
        'cosine',
        decimal(min),
        `least; p1 ${decimal(p1)}, p5 ${decimal(p5)}, median ${decimal(median)}, mean ${decimal(mean)}`,
      ],
      ['compared', compared, `pairs of vectors; ${(below * 100).toFixed(2)} % below the limit`],
    );
    if (unlike > 0) rows.push(['unlike', unlike, `vectors that cannot be compared: ${faultsOf(vectors)}`]);
  }
  if (neighbours !== null)
    rows.push([
      'top ten',
      decimal(neighbours.overlap),
      `neighbours in common, of ${formatCount(neighbours.queries)} rows`,
    ]);
  if (themes !== null) {
    const share = (side: 'a' | 'b') => `${(themes.unassigned[side] * 100).toFixed(1)} %`;
    rows.push([
      'AMI',
      decimal(themes.ami),
      `ARI ${decimal(themes.ari)}; themes ${themes.themes.a} and ${themes.themes.b}; without one ${share('a')} and ${share('b')}`,
    ]);
  }
  for (const line of table(['', 'found', ''], rows)) terminal.print(line);
  terminal.print();
}

function faultsOf({ otherDimension, missing, notFinite, zero }: NonNullable<Comparison['vectors']>): string {
  const sides = Object.entries({ missing, 'not finite': notFinite, zero }).flatMap(([name, { a, b }]) =>
    a + b === 0 ? [] : [`${name} ${formatCount(a)} in A and ${formatCount(b)} in B`],
  );
  return [...sides, ...(otherDimension === 0 ? [] : [`other dimension ${formatCount(otherDimension)}`])].join(
    ', ',
  );
}

const EXCERPT_LENGTH = 150;

function printExamples(terminal: Terminal, { examples, matching }: Comparison): void {
  for (const kind of ['missing', 'extra', 'duplicates'] as const) {
    if (examples[kind].length > 0)
      terminal.print(`${kind}: ${examples[kind].map((row) => nameOf(row, matching.level)).join(', ')}`);
  }
  for (const row of examples.changed) {
    terminal.print(`changed: ${nameOf(row, matching.level)}`);
    printTexts(terminal, row);
  }
  for (const row of examples.vectors)
    terminal.print(`unlike vectors: ${nameOf(row, matching.level)}: ${row.a} in A, ${row.b} in B`);
  if (Object.values(examples).some((rows) => rows.length > 0)) terminal.print();
}

function printWorst(terminal: Terminal, { worst, matching }: Comparison): void {
  if (worst.length === 0) return;
  terminal.print('Farthest apart:');
  for (const row of worst) {
    terminal.print(`  ${decimal(row.cosine)}  ${nameOf(row, matching.level)}`);
    printTexts(terminal, row);
  }
  terminal.print();
}

function printTexts(terminal: Terminal, { a, b }: { a: string | null; b: string | null }): void {
  if (a !== null) terminal.print(`      A "${excerpt(a, [], EXCERPT_LENGTH)}"`);
  if (b !== null && b !== a) terminal.print(`      B "${excerpt(b, [], EXCERPT_LENGTH)}"`);
}

const ID_LENGTH = 60;

function nameOf({ id, ordinal }: { id: string | null; ordinal: number | null }, level: string): string {
  const name = id === null ? '(no id)' : printable(id).slice(0, ID_LENGTH);
  return level === 'records' || ordinal === null ? name : `${name}#${ordinal}`;
}

function printVerdict(terminal: Terminal, { verdict, equal }: Comparison): void {
  const rows = verdict.map(({ limit, wanted, found, ok }): Cells => {
    const shown = (value: number) => (LEAST.includes(limit) ? decimal(value) : formatCount(value));
    return [
      ok ? 'ok' : 'NOT',
      limit,
      found === null ? 'not measured' : shown(found),
      `${LEAST.includes(limit) ? 'at least' : 'at most'} ${LEAST.includes(limit) ? wanted : shown(wanted)}`,
    ];
  });
  for (const line of table(['', 'limit', 'found', 'wanted'], rows)) terminal.print(line);
  terminal.print();
  terminal.print(equal ? 'The same results, within the limits.' : 'Not the same results.');
}

function decimal(value: number | null): string {
  return cutFigure(value, '-');
}
