import type { Command } from 'commander';
import type { MadeJudgements } from '../evaluation/synth/index.ts';
import {
  type Context,
  configOf,
  lakeNamedBy,
  printJson,
  type SharedOptions,
  withSharedOptions,
} from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { parseCount, parseCountFromZero } from './parse.ts';
import { printModes } from './print-evaluation.ts';
import { createStages } from './stages.ts';
import { formatCount, printable, type Terminal } from './terminal.ts';

interface EvalSynthOptions extends SharedOptions {
  query: string;
  out: string;
  queries: number;
  seed: number;
}

const HELP = `
A field is asked, and its record is the answer: a title finds its body. No language model is needed. Values that more than
5 records share, and those below 3 or above 60 words, are left out. README.md beside the files says what they are worth.

Examples:
  throughline eval synth --query title --out judgements
  throughline eval search --judgements judgements
`;

export function evalSynthCommand(evaluate: Command, context: Context): void {
  withSharedOptions(evaluate.command('synth'))
    .summary("make first judgements from the pipeline's own records")
    .requiredOption('--query <field>', 'what is asked: an attribute of text, or first-sentence')
    .requiredOption('--out <folder>', 'where queries.jsonl, qrels.tsv and README.md are written')
    .option('--queries <count>', 'how many', parseCount, 200)
    .option('--seed <seed>', 'another seed takes other records', parseCountFromZero, 0)
    .addHelpText('after', HELP)
    .action(async (options: EvalSynthOptions) => {
      const { makeJudgements } = await import('../evaluation/synth/index.ts');
      const { specOf } = await import('../model/index.ts');
      const { query: field, out, queries, seed } = options;
      const loaded = await configOf(options, context);
      const lake = await lakeNamedBy(loaded);
      const model = specOf(loaded.config.embed, loaded.directory);
      const { store } = loaded.config.index;
      const stages = createStages(context.terminal);
      try {
        const made = await withInterrupt(context, (signal) =>
          makeJudgements(lake, { field, queries, seed }, { out, model, store, signal, onStage: stages.next }),
        );
        if (options.json) printJson(context, made);
        else print(context.terminal, made);
      } finally {
        stages.end();
      }
    });
}

function print(
  terminal: Terminal,
  { out, queries, relevant, leftOut, worth, evaluation }: MadeJudgements,
): void {
  const reasons = Object.entries(leftOut).flatMap(([reason, count]) =>
    count === 0 ? [] : [`${formatCount(count)} ${reason}`],
  );
  terminal.print(
    `${formatCount(queries)} queries with ${formatCount(relevant)} relevant records in ${printable(out)}${reasons.length > 0 ? ` (left out: ${reasons.join(', ')})` : ''}`,
  );
  terminal.print();
  if (evaluation) printModes(terminal, evaluation);
  for (const sentence of worth) terminal.print(`- ${sentence}`);
}
