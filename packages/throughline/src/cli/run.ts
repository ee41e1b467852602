import type { Command } from 'commander';
import { EXIT, ThroughlineError } from '../error.ts';
import type { RunResult } from '../run/index.ts';
import { type Context, configOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { parseCount, parseDate } from './parse.ts';
import { createProgress } from './progress.ts';
import { formatCount, formatSeconds } from './terminal.ts';

interface RunCommandOptions extends SharedOptions {
  from?: string;
  to?: string;
  chunk?: string[];
  sample?: number;
  force?: boolean;
  only?: 'map';
  skipCode?: boolean;
}

export function runCommand(program: Command, context: Context): void {
  withSharedOptions(program.command('run'))
    .summary('run everything that is due: chunks, index, themes')
    .description(
      'Runs everything that is due: chunks that are new or have changed, then the search index and the themes.\n' +
        'Stops cooperatively with Ctrl-C; the next run goes on where it was.',
    )
    .option('--from <date>', 'only windows that begin on this day or later (YYYY-MM-DD)', parseDate)
    .option('--to <date>', 'only windows that begin before this day (YYYY-MM-DD)', parseDate)
    .option('--chunk <id...>', 'only these chunks; one that has left the source is emptied')
    .option(
      '--sample <rows>',
      'only so many rows, the same ones each time, in a build of their own',
      parseCount,
    )
    .option('--force', 'also chunks that have not changed')
    .option('--only <step>', 'map: leave the index and the themes as they are', parseOnly)
    .option('--skip-code', 'exit with 99 if there was nothing to do (for schedulers)')
    .addHelpText(
      'after',
      '\nExamples:\n  throughline run\n  throughline run --sample 1000\n  throughline run --from 2024-01-01 --to 2024-02-01\n',
    )
    .action(async (options: RunCommandOptions) => {
      const { from, to, chunk: chunks, sample, force, only } = options;
      const { runPipeline } = await import('../run/index.ts');
      const result = await withInterrupt(context, async (signal) =>
        runPipeline(
          await configOf(options, context),
          { from, to, chunks, sample, force, only },
          {
            clock: context.clock,
            newId: context.newId,
            signal,
            reporter: createProgress(context.terminal, context.clock),
          },
        ),
      );
      if (options.json) printJson(context, result);
      else printResult(context, result);
      process.exitCode = exitCodeOf(result, options.skipCode === true);
    });
}

function parseOnly(value: string): 'map' {
  if (value === 'map') return value;
  throw new ThroughlineError(`--only ${value}: the step is "map"`, { code: 'usage', exitCode: EXIT.usage });
}

function printResult({ terminal }: Context, result: RunResult): void {
  const { done, skipped, failed } = result.chunks;
  if (done === 0 && failed === 0) {
    terminal.print(`Nothing has changed: ${skipped} chunks as they were (${formatSeconds(result.seconds)}).`);
    return;
  }
  const dropped = result.dropped > 0 ? `, ${formatCount(result.dropped)} rows dropped by transform` : '';
  terminal.print(
    `${done} chunks done, ${skipped} as they were${failed > 0 ? `, ${failed} left to another run` : ''} (${formatSeconds(result.seconds)})`,
  );
  terminal.print(
    `${formatCount(result.records)} records, ${formatCount(result.passages)} passages, ${formatCount(result.deadLetters)} dead letters${dropped}`,
  );
  terminal.print(
    `${formatCount(result.embedded)} texts embedded, ${formatCount(result.cached)} known already`,
  );
}

/** Bad data only if nothing but dead rows came in, ever: a bad line in a healthy lake is in its dead letters. */
export function exitCodeOf(
  { chunks, records, deadLetters }: Pick<RunResult, 'chunks' | 'records' | 'deadLetters'>,
  skipCode: boolean,
): number {
  if (chunks.failed > 0) return EXIT.tryAgain;
  if (records === 0 && deadLetters > 0 && chunks.skipped === 0) return EXIT.badData;
  return skipCode && chunks.done === 0 ? EXIT.nothingToDo : EXIT.ok;
}
