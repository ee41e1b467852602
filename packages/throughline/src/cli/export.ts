import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { EXIT, ThroughlineError } from '../error.ts';
import { EXPORT_FORMATS, EXPORTED_TABLES, type ExportedTable, type ExportFormat } from '../export/choices.ts';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { parseCount } from './parse.ts';
import { formatCount } from './terminal.ts';

interface ExportCommandOptions extends SharedOptions {
  format?: ExportFormat;
  output: string;
  filter?: string;
  withThemes?: boolean;
  columns?: string[];
  limit?: number;
  force?: boolean;
}

const HELP = `
Writes the promoted passages (or another table) as one file, rows in a fixed order: the same tables give the same file.
The format is that of the file's name unless told. npy: the vectors as a matrix, and FILE.ids.csv with everything else, row by row.
Delta needs no export: \`throughline lake path passages\` prints the folder for deltalake, DuckDB, Spark and others.

Examples:
  throughline export --output passages.parquet --with-themes
  throughline export records --output - --format csv --filter 'product == "Mortgage"' | head
  throughline export --output vectors.npy
`;

export function exportCommand(program: Command, context: Context): void {
  withSharedOptions(program.command('export [table]'))
    .summary('write a table as Parquet, CSV, JSON Lines, Arrow or .npy, for notebooks and other tools')
    .requiredOption('-o, --output <file>', 'the file; -: standard output')
    .addOption(new Option('--format <format>', 'instead of that of the name').choices(EXPORT_FORMATS))
    .option('--filter <cel>', 'only rows that meet it: product == "Mortgage"')
    .option('--with-themes', 'add the theme of each passage or record')
    .option('--columns <names>', 'only these columns, separated by commas', (words: string) =>
      words.split(',').map((word) => word.trim()),
    )
    .option('-n, --limit <rows>', 'at most so many rows', parseCount)
    .option('--force', 'write over a file that is there')
    .addHelpText('after', HELP)
    .action(async (table: string | undefined, options: ExportCommandOptions) => {
      if (options.json && options.output === '-')
        throw new ThroughlineError('--output - and --json both take standard output', {
          code: 'usage',
          exitCode: EXIT.usage,
          hint: 'Name a file, or leave --json out.',
        });
      const { exportTable } = await import('../export/index.ts');
      const exported = await exportTable(await lakeOf(options, context), {
        ...options,
        table: tableOf(table),
        stdout: process.stdout,
        format: options.format ?? formatOfName(options.output),
      });
      if (options.json) return printJson(context, exported);
      const { rows, files, version } = exported;
      context.terminal.log(
        `${formatCount(rows)} rows of ${exported.table}, version ${version}: ${files.join(', ')}`,
      );
    });
}

function tableOf(name = 'passages'): ExportedTable {
  const table = EXPORTED_TABLES.find((one) => one === name);
  if (table !== undefined) return table;
  throw new ThroughlineError(`${name} is not exported`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: `Tables: ${EXPORTED_TABLES.join(', ')}. All others: throughline lake path`,
  });
}

const EXTENSIONS: Record<string, ExportFormat> = {
  '.ndjson': 'jsonl',
  '.feather': 'arrow',
  '.pq': 'parquet',
};

function formatOfName(output: string): ExportFormat {
  const extension = extname(output).toLowerCase();
  const format = EXPORT_FORMATS.find((one) => `.${one}` === extension) ?? EXTENSIONS[extension];
  if (format !== undefined) return format;
  throw new ThroughlineError(`the format of ${output} is not known by its name`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: `Say it: --format ${EXPORT_FORMATS.join(' | ')}`,
  });
}
