import type { Command } from 'commander';
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
      const rows = runs.map(({ run, status, started, ended, manifest }) => {
        const result = manifest.result as { chunks: { done: number }; records: number } | undefined;
        const took = ended === undefined ? '' : formatSeconds((ended - started) / 1000);
        return [
          run,
          ended === undefined ? 'running or killed' : status,
          took,
          result?.chunks.done ?? 0,
          result?.records ?? 0,
        ];
      });
      for (const line of table(['run', 'status', 'took', 'chunks', 'records'], rows))
        context.terminal.print(line);
    });
}
