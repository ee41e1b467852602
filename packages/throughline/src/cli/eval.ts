import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Context, printJson } from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { createProgress } from './progress.ts';
import { table } from './terminal.ts';

interface EvalSearchOptions {
  judgements: string;
  lakes?: string;
  json?: boolean;
}

export function evalCommand(program: Command, context: Context): void {
  const evaluate = program.command('eval').summary('measure search against judgements');
  evaluate
    .command('search')
    .summary('nDCG, recall, MRR and MAP of each mode; needs no config')
    .requiredOption(
      '--judgements <folder>',
      'folder with corpus.jsonl, queries.jsonl and qrels.tsv (the layout of BEIR)',
    )
    .option('--lakes <folder>', "where the corpus is embedded and kept (default: the user's cache folder)")
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .addHelpText('after', '\nExample:\n  throughline eval search --judgements ./judgements\n')
    .action(async ({ judgements, lakes, json }: EvalSearchOptions) => {
      const { evaluateSearch } = await import('../run/evaluate-search.ts');
      const { clock, newId, terminal, env } = context;
      const folder =
        lakes ?? join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'throughline', 'evaluations');
      const result = await withInterrupt(context, (signal) =>
        evaluateSearch(judgements, folder, {
          clock,
          newId,
          signal,
          reporter: createProgress(terminal, clock),
        }),
      );
      if (json) return printJson(context, result);
      const header = ['mode', 'nDCG@10', 'recall@10', 'recall@100', 'MRR', 'MAP'];
      const rows = Object.entries(result.modes).map(([mode, measures]) => [
        mode,
        ...Object.values(measures).map((value: number) => value.toFixed(4)),
      ]);
      for (const line of table(header, rows)) terminal.print(line);
      terminal.log(`${result.queries} queries of ${judgements}`);
    });
}
