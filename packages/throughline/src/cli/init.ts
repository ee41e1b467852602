import { relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { ChosenColumns, InitResult, LookedAt, Person } from '../init/index.ts';
import { type Context, printJson } from './context.ts';
import { excerpt } from './excerpt.ts';
import { formatCount, table } from './terminal.ts';

interface InitCommandOptions {
  from?: string;
  source?: string;
  id?: string;
  text?: string;
  timestamp?: string;
  attributes?: string;
  name?: string;
  lake: string;
  out: string;
  force?: boolean;
  yes?: boolean;
  json?: boolean;
}

const HELP = `
Looks at the source, finds its text, id, time and attributes, and writes throughline.yaml with comments. On a terminal it asks
whether it is right. With --from it reads what a notebook does, and writes the pipeline that gives the same results, with MIGRATION.md:
docs/init.md. CSV (any delimiter, with or without a header, UTF-8, UTF-16 or Latin-1), JSON Lines, Parquet.

Examples:
  throughline init data/reviews.csv
  throughline init 'exports/2024-*.csv' --text title,body --timestamp created --yes
  throughline init reviews.jsonl --id none --out pipelines/reviews
  throughline init --from analysis.ipynb --source data/complaints.csv
`;

export function initCommand(program: Command, context: Context): void {
  program
    .command('init [files...]')
    .summary('write a pipeline for your own texts: looks at the file, asks, writes throughline.yaml')
    .option('--from <notebook>', 'write the pipeline that does what a notebook does')
    .option(
      '--source <path>',
      'with --from: the file with the full history, in place of what the notebook reads',
    )
    .option('--text <columns>', 'columns with the text, separated by commas')
    .option('--id <column>', 'column with the id of a record; none: a hash of its content')
    .option('--timestamp <column>', 'column with the time of a record; none')
    .option('--attributes <columns>', 'columns to keep and to filter by, separated by commas; none')
    .option('--name <name>', 'name of the pipeline; by the file unless told')
    .option('--lake <lake>', 'folder of the tables, or s3://bucket/prefix', './lake')
    .option('-o, --out <folder>', 'folder of throughline.yaml', '.')
    .option('--force', 'write over what is there')
    .option('-y, --yes', 'ask nothing')
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .addHelpText('after', HELP)
    .action((files: string[], options: InitCommandOptions) =>
      options.from === undefined ? init(files, options, context) : fromNotebook(files, options, context),
    );
}

async function init(files: readonly string[], options: InitCommandOptions, context: Context): Promise<void> {
  const { initPipeline } = await import('../init/index.ts');
  const { resolve } = await import('node:path');
  const { terminal } = context;
  const { id, text, timestamp, attributes, name, lake, force = false } = options;
  const asks = terminal.interactive && process.stdin.isTTY && !options.yes && !options.json;
  using reader = asks ? openPerson(context) : undefined;
  const result = await initPipeline(
    { files, out: resolve(options.out), columns: { id, text, timestamp, attributes }, name, lake, force },
    {
      tell: (message) => terminal.log(message),
      preview: (looked, chosen) => preview(looked, chosen, context),
      person: reader,
    },
  );
  report(result, options, context);
}

async function fromNotebook(
  files: readonly string[],
  options: InitCommandOptions,
  context: Context,
): Promise<void> {
  const { initFromNotebook } = await import('./init-notebook.ts');
  const asks = context.terminal.interactive && process.stdin.isTTY && !options.yes && !options.json;
  using reader = asks ? openPerson(context) : undefined;
  await initFromNotebook(files, options, reader, context);
}

/** Asks on stderr, as everything that is not the result. */
function openPerson({ terminal }: Context): Person & Disposable {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return {
    answer: (prompt) => reader.question(prompt),
    tell: (message) => terminal.log(message),
    [Symbol.dispose]: () => reader.close(),
  };
}

const EXAMPLE = 60;

function preview({ columns, rows, more }: LookedAt, chosen: ChosenColumns, { terminal }: Context): void {
  const lines = table(
    ['column', 'is', 'filled', 'different', 'for example'],
    columns.map(({ name, filled, distinct, examples }) => [
      name,
      roleOf(name, chosen),
      `${Math.floor(filled * 100)} %`,
      distinct,
      excerpt(examples[0] ?? '', [], EXAMPLE),
    ]),
  );
  for (const line of lines) terminal.log(line);
  terminal.log(`${more ? 'The first ' : ''}${formatCount(rows)} rows`);
}

function roleOf(column: string, { id, text, timestamp, attributes, left }: ChosenColumns): string {
  if (column === id) return 'id';
  if (text.includes(column)) return 'text';
  if (column === timestamp?.column)
    return timestamp.format === undefined ? 'time' : `time (${timestamp.format})`;
  const attribute = attributes.find((one) => one.column === column);
  if (attribute) return `attribute, ${attribute.type}`;
  const reason = left.find((one) => one.column === column)?.reason;
  return reason === undefined ? '-' : `- (${reason})`;
}

function report(
  { file, looked, chosen, questions }: InitResult,
  { json }: InitCommandOptions,
  context: Context,
): void {
  const { rows, columns } = looked;
  const { terminal } = context;
  if (json) {
    printJson(context, {
      ...{ config: file, rows, chosen, questions },
      columns: columns.map(({ name, filled, distinct, examples }) => ({ name, filled, distinct, examples })),
    });
    return;
  }
  for (const question of questions) terminal.log(`Question: ${question}`);
  const shown = relative(process.cwd(), file);
  terminal.print(`Written: ${shown}`);
  const config = shown === 'throughline.yaml' ? '' : ` --config ${shown}`;
  terminal.print(`Next: throughline plan${config}, then throughline run${config}`);
}
