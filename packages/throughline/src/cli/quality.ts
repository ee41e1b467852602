import type { Command } from 'commander';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { parseCount } from './parse.ts';
import { printable, table } from './terminal.ts';

interface QualityOptions extends SharedOptions {
  run?: string;
  limit: number;
  failed?: boolean;
}

export function qualityCommand(program: Command, context: Context): void {
  withSharedOptions(program.command('quality'))
    .summary('what the checks of quality: and the limits of acceptance: found, the newest first')
    .option('--run <id>', 'of this run only')
    .option('--failed', 'only what did not pass')
    .option('-n, --limit <rows>', 'how many', parseCount, 50)
    .addHelpText('after', '\nExample:\n  throughline quality --failed\n')
    .action(async ({ run, limit, failed, ...options }: QualityOptions) => {
      const { listResults } = await import('../quality/index.ts');
      const lake = await lakeOf(options, context);
      const results = await listResults(lake, { limit, run, failed });
      if (options.json)
        return printJson(context, {
          results: results.map((one) => ({ ...one, at: new Date(one.at).toISOString() })),
        });
      const { terminal } = context;
      if (results.length === 0)
        return terminal.print('No results. Checks are named in the config: quality: (docs/quality.md).');
      const rows = results.map(({ at, name, severity, status, observed, expected, sample, detail }) => [
        new Date(at).toISOString().slice(0, 16).replace('T', ' '),
        ...[name, status === 'passed' ? 'passed' : `${status} (${severity})`],
        ...[
          `${observed === null ? '-' : Number(observed.toPrecision(6))}${detail ? ` (${detail})` : ''}`,
          expected,
          printable(sample.slice(0, 3).join(', ')),
        ],
      ]);
      const header = ['time (UTC)', 'check', 'status', 'found', 'expected', 'such as'];
      for (const line of table(header, rows)) terminal.print(line);
    });
}
