import type { Command } from 'commander';
import type { RunEntry, RunResult } from '../run/index.ts';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { formatSeconds, table } from './terminal.ts';

export function runsCommand(program: Command, context: Context): void {
  withSharedOptions(program.command('runs'))
    .summary('list runs, newest first')
    .addHelpText('after', '\nExample:\n  throughline runs --json\n')
    .action(async (options: SharedOptions) => {
      const { listRuns } = await import('../run/index.ts');
      const runs = await listRuns(await lakeOf(options, context));
      if (options.json) return printJson(context, { runs });
      const resultOf = ({ manifest }: RunEntry) =>
        manifest.result as Pick<RunResult, 'chunks' | 'records' | 'relevance'> | undefined;
      const isMeasured = runs.some((one) => resultOf(one)?.relevance);
      const rows = runs.map((one) => {
        const { run, status, started, ended } = one;
        const result = resultOf(one);
        const took = ended === undefined ? '' : formatSeconds((ended - started) / 1000);
        return [
          run,
          ended === undefined ? 'running or killed' : status,
          took,
          result?.chunks.done ?? 0,
          result?.records ?? 0,
          ...(isMeasured ? [result?.relevance?.measures['ndcg@10'].toFixed(4) ?? ''] : []),
        ];
      });
      const header = ['run', 'status', 'took', 'chunks', 'records', ...(isMeasured ? ['nDCG@10'] : [])];
      for (const line of table(header, rows)) context.terminal.print(line);
    });
}
