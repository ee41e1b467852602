import type { Command } from 'commander';
import { EXIT, ThroughlineError } from '../error.ts';
import type { DeadLetterEntry, DeadLetterFilter } from '../lake/dead-letters.ts';
import {
  type Context,
  configOf,
  lakeOf,
  printJson,
  type SharedOptions,
  withSharedOptions,
} from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { parseCount, parseDate } from './parse.ts';
import { createProgress } from './progress.ts';
import { printable, table } from './terminal.ts';

interface FilterOptions extends SharedOptions {
  reason?: string[];
  chunk?: string[];
  since?: string;
}

export function dlqCommand(program: Command, context: Context): void {
  const dlq = program
    .command('dlq')
    .summary('dead letters: rows that could not be processed, with their reason');
  listCommand(dlq, context);
  showCommand(dlq, context);
  exportCommand(dlq, context);
  retryCommand(dlq, context);
  dropCommand(dlq, context);
}

function withFilter(command: Command): Command {
  return withSharedOptions(command)
    .option('--reason <code...>', 'only with these reasons, such as empty_text')
    .option('--chunk <id...>', 'only of these chunks')
    .option('--since <date>', 'only seen on this day (UTC) or later (YYYY-MM-DD)', parseDate);
}

function filterOf({ reason, chunk, since }: FilterOptions): DeadLetterFilter {
  return { codes: reason, chunks: chunk, since: since === undefined ? undefined : Date.parse(since) };
}

function listCommand(dlq: Command, context: Context): void {
  withFilter(dlq.command('list', { isDefault: true }))
    .summary('list dead letters')
    .option('-n, --limit <rows>', 'how many', parseCount, 20)
    .option('--dropped', 'also those that were dropped')
    .addHelpText('after', '\nExample:\n  throughline dlq list --reason empty_text --limit 100 --json\n')
    .action(async (options: FilterOptions & { limit: number; dropped?: boolean }) => {
      const { listDeadLetters } = await import('../lake/dead-letters.ts');
      const lake = await lakeOf(options, context);
      const found = await listDeadLetters(lake, options.limit, {
        ...filterOf(options),
        dropped: options.dropped,
      });
      if (options.json) return printJson(context, found);
      const { terminal } = context;
      const { total, reasons, deadLetters } = found;
      if (total === 0) return terminal.print('No dead letters.');
      for (const line of table(['reason', 'rows'], Object.entries(reasons))) terminal.print(line);
      terminal.print();
      const rows = deadLetters.map(({ key, chunk, id, code, message }) => [
        key,
        chunk,
        id === null ? '-' : printable(id).slice(0, 40),
        code,
        printable(message).slice(0, 120),
      ]);
      for (const line of table(['key', 'chunk', 'id', 'reason', 'what happened'], rows)) terminal.print(line);
      if (total > deadLetters.length)
        terminal.print(`... and ${total - deadLetters.length} more: --limit ${total}`);
    });
}

function showCommand(dlq: Command, context: Context): void {
  withSharedOptions(dlq.command('show <key-or-id>'))
    .summary('show a dead letter whole, with the row that it was')
    .addHelpText('after', '\nExample:\n  throughline dlq show 3f2a9c1b7d04\n')
    .action(async (name: string, options: SharedOptions) => {
      const { readDeadLetters } = await import('../lake/dead-letters.ts');
      const deadLetters: DeadLetterEntry[] = [];
      for await (const entry of readDeadLetters(await lakeOf(options, context), { dropped: true })) {
        if (entry.key === name || entry.id === name) deadLetters.push(entry);
      }
      if (deadLetters.length === 0) {
        throw new ThroughlineError(`there is no dead letter with the key or id ${name}`, {
          code: 'dead_letter_missing',
          exitCode: EXIT.usage,
          hint: 'It may be resolved by now. See those that are there: throughline dlq list',
        });
      }
      if (options.json) return printJson(context, { deadLetters });
      for (const entry of deadLetters) printWhole(entry, context);
    });
}

function printWhole(entry: DeadLetterEntry, { terminal }: Context): void {
  const { key, chunk, step, id, code, message, payload, seen } = entry;
  const facts = { key, chunk, step, id: id ?? '-', reason: code, seen: new Date(seen).toISOString() };
  for (const [name, value] of Object.entries(facts)) terminal.print(`${name.padEnd(8)}${printable(value)}`);
  terminal.print(printable(message));
  terminal.print(printable(payload));
  terminal.print();
}

function exportCommand(dlq: Command, context: Context): void {
  withFilter(dlq.command('export <file>'))
    .summary('write dead letters to a new file: .parquet, .csv or .jsonl')
    .option('--dropped', 'also those that were dropped')
    .addHelpText('after', '\nExample:\n  throughline dlq export dead-letters.csv --since 2024-01-01\n')
    .action(async (file: string, options: FilterOptions & { dropped?: boolean }) => {
      const { exportDeadLetters } = await import('../dlq/export.ts');
      const rows = await exportDeadLetters(await lakeOf(options, context), file, {
        ...filterOf(options),
        dropped: options.dropped,
      });
      if (options.json) return printJson(context, { file, rows });
      context.terminal.print(`${rows} dead letters written to ${file}`);
    });
}

function retryCommand(dlq: Command, context: Context): void {
  withFilter(dlq.command('retry'))
    .summary('make the chunks that hold dead letters again, by the code and config of today')
    .description(
      'Makes the chunks that hold dead letters again, by the code and config of today. Of a topic the newest\n' +
        'messages of those records are read again, and then what has come since.',
    )
    .addHelpText('after', '\nExample:\n  throughline dlq retry --reason function_failed\n')
    .action(async (options: FilterOptions) => {
      const { retryDeadLetters } = await import('../dlq/retry.ts');
      const { exitCodeOf } = await import('../run/index.ts');
      const result = await withInterrupt(context, async (signal) =>
        retryDeadLetters(await configOf(options, context), filterOf(options), {
          clock: context.clock,
          newId: context.newId,
          signal,
          reporter: createProgress(context.terminal, context.clock),
        }),
      );
      const { tried, resolved, open, run } = result;
      if (options.json) printJson(context, result);
      else if (tried === 0) context.terminal.print('No dead letters.');
      else
        context.terminal.print(
          `${resolved} of ${tried} dead letters are resolved; ${open} stay: throughline dlq list`,
        );
      if (run !== undefined && (run.chunks.failed + run.chunks.left > 0 || run.unmet.length > 0))
        process.exitCode = exitCodeOf(run);
    });
}

function dropCommand(dlq: Command, context: Context): void {
  withFilter(dlq.command('drop [key...]'))
    .summary('give dead letters up: they are listed, counted and retried no more')
    .description(
      'Gives dead letters up, by key or by what fits all the options. Their rows stay in the table;\n' +
        'the same row that meets the same fate again stays given up. See them: dlq list --dropped',
    )
    .option('--note <text>', 'why, for those who look later')
    .addHelpText('after', '\nExample:\n  throughline dlq drop --reason empty_text --note "empty forms"\n')
    .action(async (keys: string[], options: FilterOptions & { note?: string }) => {
      const filter = filterOf(options);
      if (keys.length === 0 && Object.values(filter).every((value) => value === undefined)) {
        throw new ThroughlineError('nothing says which dead letters to drop', {
          code: 'usage',
          exitCode: EXIT.usage,
          hint: 'Name keys, or --reason, --chunk or --since.',
        });
      }
      const { dropDeadLetters } = await import('../dlq/drop.ts');
      const lake = await lakeOf(options, context);
      const which = keys.length === 0 ? filter : { ...filter, keys };
      const dropped = await dropDeadLetters(lake, which, options.note, context.clock);
      if (dropped === 0 && keys.length > 0) {
        throw new ThroughlineError(`there is no open dead letter with the key ${keys.join(' or ')}`, {
          code: 'dead_letter_missing',
          exitCode: EXIT.usage,
          hint: 'See those that are there: throughline dlq list',
        });
      }
      if (options.json) printJson(context, { dropped });
      else context.terminal.print(`${dropped} dead letters dropped`);
    });
}
