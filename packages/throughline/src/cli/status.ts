import type { Command } from 'commander';
import type { LakeStatus } from '../run/status.ts';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { formatCount, formatSeconds, table } from './terminal.ts';

interface StatusOptions extends SharedOptions {
  chunks?: boolean;
}

export function statusCommand(program: Command, context: Context): void {
  withSharedOptions(program.command('status'))
    .summary('show what is promoted, and chunks by state')
    .option('--chunks', 'list every chunk')
    .addHelpText('after', '\nExample:\n  throughline status --json\n')
    .action(async (options: StatusOptions) => {
      const { lakeStatus } = await import('../run/status.ts');
      const status = await lakeStatus(await lakeOf(options, context));
      if (options.json) return printJson(context, status);
      const { terminal } = context;
      const { counts, promoted } = status;
      terminal.print(
        `build ${promoted.build ?? '(none)'}, index ${promoted.index ?? '(none)'}, themes ${promoted.themes ?? '(none)'}`,
      );
      terminal.print(
        `${formatCount(counts.records)} records, ${formatCount(counts.passages)} passages, ${formatCount(counts.deadLetters)} dead letters`,
      );
      if (status.themes) {
        const { fittedAt, decision, since } = status.themes;
        terminal.print(
          `themes fitted ${fittedAt.slice(0, 16).replace('T', ' ')} UTC, ${formatCount(since)} passages since; last ${decision.refit ? 'fitted' : 'not fitted'}: ${decision.why}`,
        );
      }
      terminal.print();
      for (const line of table(['state', 'chunks'], Object.entries(status.states)))
        terminal.print(`  ${line}`);
      printStreams(context, status);
      if (!options.chunks) return;
      terminal.print();
      const rows = status.chunks.map((chunk) => [
        chunk.chunk,
        chunk.state,
        chunk.attempt,
        chunk.records,
        chunk.deadLetters,
        chunk.error ?? '',
      ]);
      for (const line of table(['chunk', 'state', 'attempt', 'records', 'dead letters', 'error'], rows))
        terminal.print(`  ${line}`);
    });
}

function printStreams({ terminal }: Context, { streams }: LakeStatus): void {
  if (streams.length === 0) return;
  terminal.print();
  const rows = streams.map(({ stream, position, last }) => [
    stream,
    position,
    last?.at.slice(0, 19).replace('T', ' ') ?? '',
    last?.ageSeconds === undefined ? '' : formatSeconds(last.ageSeconds),
    last?.behind ?? '',
  ]);
  for (const line of table(['stream', 'position', 'published (UTC)', 'age then', 'behind then'], rows))
    terminal.print(`  ${line}`);
}
