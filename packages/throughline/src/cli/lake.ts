import { type Command, Option } from 'commander';
import { TABLE_NAMES, type TableName } from '../lake/table-names.ts';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { forgetCommand } from './forget.ts';
import { parseCount, parseDuration } from './parse.ts';
import { formatCount, table } from './terminal.ts';

interface HistoryOptions extends SharedOptions {
  table: TableName;
  limit: number;
}

interface VacuumOptions extends SharedOptions {
  retention?: number;
  dryRun?: boolean;
}

export function lakeCommand(program: Command, context: Context): void {
  const lake = program.command('lake').summary('the tables: where they are, their history, and what can go');
  const tableOption = () =>
    new Option('-t, --table <name>', 'which table').choices(TABLE_NAMES).default('passages');
  withSharedOptions(lake.command('path [table]'))
    .summary('print the folder of a table, for any tool that reads Delta')
    .addHelpText(
      'after',
      '\nExample:\n  python3 -c "import deltalake, sys; print(deltalake.DeltaTable(sys.argv[1]).to_pandas())" "$(throughline lake path records)"\n',
    )
    .action(async (name: string | undefined, options: SharedOptions) => {
      const { tablePath } = await import('../lake/table-path.ts');
      const path = await tablePath(await lakeOf(options, context), name ?? '');
      if (options.json) printJson(context, { path });
      else context.terminal.print(path);
    });
  withSharedOptions(lake.command('history'))
    .summary('list the commits of a table, newest first')
    .addOption(tableOption())
    .option('-n, --limit <commits>', 'how many', parseCount, 10)
    .addHelpText('after', '\nExample:\n  throughline lake history --table records\n')
    .action(async (options: HistoryOptions) => {
      const [{ tablePath }, { history }] = await Promise.all([
        import('../lake/table-path.ts'),
        import('@throughline/delta'),
      ]);
      const entries = await history(
        await tablePath(await lakeOf(options, context), options.table),
        options.limit,
      );
      if (options.json) return printJson(context, { table: options.table, history: entries });
      const rows = entries.map(({ version, timestamp, operation, operationParameters, operationMetrics }) => [
        String(version),
        new Date(timestamp).toISOString().slice(0, 19).replace('T', ' '),
        operation,
        String(operationParameters?.predicate ?? operationParameters?.mode ?? ''),
        String(operationMetrics?.numOutputRows ?? ''),
      ]);
      for (const line of table(['version', 'time (UTC)', 'operation', 'what', 'rows'], rows))
        context.terminal.print(line);
    });
  withSharedOptions(lake.command('vacuum'))
    .summary('remove files that no version of the tables needs any more; pinned runs keep theirs')
    .option('--retention <time>', 'how long replaced files stay; a week unless told', parseDuration)
    .option('--dry-run', 'only say what would be removed')
    .addHelpText('after', '\nExample:\n  throughline lake vacuum --dry-run\n')
    .action(async (options: VacuumOptions) => {
      const { vacuumLake } = await import('../lake/vacuum-lake.ts');
      const { retention: retentionMs, dryRun = false } = options;
      const vacuumed = { dryRun, retentionMs, clock: context.clock };
      const tables = await vacuumLake(await lakeOf(options, context), vacuumed);
      if (options.json) return printJson(context, { dryRun, tables });
      const files = tables.reduce((sum, one) => sum + one.files, 0);
      const megabytes = tables.reduce((sum, one) => sum + one.bytes, 0) / 1e6;
      context.terminal.print(
        `${formatCount(files)} files, ${megabytes.toFixed(1)} MB ${dryRun ? 'would be removed' : 'removed'}`,
      );
    });
  forgetCommand(lake, context);
}
