import type { Command } from 'commander';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { parseCount } from './parse.ts';
import { printable, table } from './terminal.ts';

interface ListOptions extends SharedOptions {
  limit: number;
}

export function dlqCommand(program: Command, context: Context): void {
  const dlq = program
    .command('dlq')
    .summary('dead letters: rows that could not be processed, with their reason');
  withSharedOptions(dlq.command('list', { isDefault: true }))
    .summary('list dead letters')
    .option('-n, --limit <rows>', 'how many', parseCount, 20)
    .addHelpText('after', '\nExample:\n  throughline dlq list --limit 100 --json\n')
    .action(async (options: ListOptions) => {
      const { listDeadLetters } = await import('../lake/dead-letters.ts');
      const { total, reasons, deadLetters } = await listDeadLetters(
        await lakeOf(options, context),
        options.limit,
      );
      if (options.json) return printJson(context, { total, reasons, deadLetters });
      const { terminal } = context;
      if (total === 0) return terminal.print('No dead letters.');
      for (const line of table(['reason', 'rows'], Object.entries(reasons))) terminal.print(line);
      terminal.print();
      const rows = deadLetters.map(({ chunk, id, code, message }) => [
        chunk,
        id === null ? '-' : printable(id).slice(0, 40),
        code,
        printable(message).slice(0, 120),
      ]);
      for (const line of table(['chunk', 'id', 'reason', 'what happened'], rows)) terminal.print(line);
      if (total > deadLetters.length)
        terminal.print(`... and ${total - deadLetters.length} more: --limit ${total}`);
    });
}
