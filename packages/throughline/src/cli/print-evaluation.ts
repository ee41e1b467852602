/** An evaluation for a person: the measures with their intervals, which differences mean something, the worst queries. */
import type { SearchEvaluation, WorstQuery } from '../evaluation/index.ts';
import type { Context } from './context.ts';
import { excerpt } from './excerpt.ts';
import { formatCount, printable, type Terminal, table } from './terminal.ts';

const TITLES = {
  'ndcg@10': 'nDCG@10',
  'recall@10': 'recall@10',
  'recall@100': 'recall@100',
  mrr: 'MRR',
  map: 'MAP',
} as const;

type Measure = keyof typeof TITLES;
const MEASURES = Object.keys(TITLES) as Measure[];

export function printEvaluation({ terminal }: Context, evaluation: SearchEvaluation): void {
  const { against } = evaluation;
  terminal.print(`index ${evaluation.index}`);
  printModes(terminal, evaluation);
  if (against) {
    terminal.print(`against index ${against.index} of ${printable(against.lake)}`);
    printModes(terminal, against);
    printDifferences(
      terminal,
      against.differences.map(({ mode, ...rest }) => ({ name: mode, ...rest })),
    );
  } else {
    printDifferences(
      terminal,
      evaluation.differences.map(({ of, to, ...rest }) => ({ name: `${of} - ${to}`, ...rest })),
    );
  }
  printQueries(terminal, `Worst of ${evaluation.worstMode}`, evaluation.worst);
  if (against) printQueries(terminal, `Lost most of ${evaluation.worstMode}`, against.losses);
  printCounts(terminal, evaluation);
}

export function printModes(
  terminal: Terminal,
  { modes, intervals }: Pick<SearchEvaluation, 'modes' | 'intervals'>,
): void {
  const header = ['mode', 'nDCG@10', '95 % of means', ...MEASURES.slice(1).map((name) => TITLES[name])];
  const rows = (Object.keys(modes) as (keyof typeof modes)[]).map((mode) => [
    mode,
    decimal(modes[mode]['ndcg@10']),
    range(intervals[mode]['ndcg@10']),
    ...MEASURES.slice(1).map((name) => decimal(modes[mode][name])),
  ]);
  for (const line of table(header, rows)) terminal.print(line);
  terminal.print();
}

interface Row {
  name: string;
  measure: Measure;
  mean: number;
  interval: readonly [number, number];
  p: number;
  pHolm: number;
}

const SIGNIFICANT = 0.05;

function printDifferences(terminal: Terminal, differences: readonly Row[]): void {
  const rows = differences
    .filter(({ measure }) => measure === 'ndcg@10')
    .map(({ name, mean, interval, p, pHolm }) => [
      name,
      signed(mean),
      `${signed(interval[0])} to ${signed(interval[1])}`,
      probability(p),
      probability(pHolm),
      pHolm < SIGNIFICANT ? (mean > 0 ? 'better' : 'worse') : 'no difference shown',
    ]);
  for (const line of table(['nDCG@10', 'difference', '95 %', 'p', 'p (Holm)', ''], rows))
    terminal.print(line);
  terminal.print();
}

const EXCERPT_LENGTH = 150;

function printQueries(terminal: Terminal, title: string, queries: readonly WorstQuery[]): void {
  if (queries.length === 0) return;
  terminal.print(`${title}:`);
  for (const query of queries) {
    const before = query.against === undefined ? '' : ` (was ${decimal(query.against)})`;
    terminal.print(
      `  ${decimal(query['ndcg@10'])}${before}  ${printable(query.id)}: ${excerpt(query.text, [], EXCERPT_LENGTH)}`,
    );
    const expected = query.expected.map(
      ({ recordId, rank }) => `${printable(recordId)} (${rank === null ? 'not found' : `rank ${rank}`})`,
    );
    terminal.print(`      expected  ${expected.join(', ')}`);
    for (const [i, hit] of query.first.entries())
      terminal.print(
        `      ${i === 0 ? 'first   ' : '        '}  ${printable(hit.recordId)}${hit.relevant ? ' (relevant)' : ''}: ${excerpt(hit.text, [], EXCERPT_LENGTH)}`,
      );
  }
  terminal.print();
}

function printCounts(
  terminal: Terminal,
  { queries, judgements, withoutRelevant, missing }: SearchEvaluation,
): void {
  const left =
    withoutRelevant === 0 ? '' : `; ${formatCount(withoutRelevant)} without a relevant record left out`;
  terminal.log(`${formatCount(queries)} queries of ${judgements}${left}`);
  if (missing.records > 0)
    terminal.log(
      `warning: ${formatCount(missing.records)} relevant records are not in the lake (${missing.examples.map(printable).join(', ')}); ${formatCount(missing.queries)} queries can find nothing`,
    );
}

function decimal(value: number): string {
  return value.toFixed(4);
}

function range([low, high]: readonly [number, number]): string {
  return `${decimal(low)} to ${decimal(high)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${decimal(Math.abs(value))}`;
}

function probability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}
