import type { Command } from 'commander';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { formatCount, printable } from './terminal.ts';

export function evalFeedbackCommand(evaluate: Command, context: Context): void {
  withSharedOptions(evaluate.command('feedback'))
    .summary('make judgements from what people have said of hits')
    .requiredOption('--out <folder>', 'where queries.jsonl and qrels.tsv are written')
    .addHelpText(
      'after',
      `
A record answers a query where more people say so (thumbs up) than say no; of one person the newest verdict counts.

Examples:
  throughline eval feedback --out judgements
  throughline eval search --judgements judgements
`,
    )
    .action(async (options: SharedOptions & { out: string }) => {
      const { judgementsOfFeedback } = await import('../evaluation/feedback-judgements.ts');
      const made = await judgementsOfFeedback(await lakeOf(options, context), options.out);
      if (options.json) return printJson(context, made);
      const { queries, relevant, withoutRelevant, out } = made;
      context.terminal.print(
        `${formatCount(queries)} queries with ${formatCount(relevant)} relevant records in ${printable(out)}; ` +
          `${formatCount(withoutRelevant)} queries have none, and are left out`,
      );
    });
}
