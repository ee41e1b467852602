import type { Command } from 'commander';
import { EXIT, ThroughlineError } from '../error.ts';
import type { RunResult } from '../run/index.ts';
import {
  type Context,
  configOf,
  printJson,
  type SharedOptions,
  withEngineOption,
  withSharedOptions,
} from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { parseCount, parseDate } from './parse.ts';
import { createProgress } from './progress.ts';
import { formatCount, formatSeconds, printable, type Terminal } from './terminal.ts';

interface RunCommandOptions extends SharedOptions {
  from?: string;
  to?: string;
  chunk?: string[];
  sample?: number;
  force?: boolean;
  only?: 'map';
  acceptSchema?: boolean;
  skipCode?: boolean;
}

export function runCommand(program: Command, context: Context): void {
  withEngineOption(withSharedOptions(program.command('run')))
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
    .option('--accept-schema', 'columns of the source that have changed are the right ones from now on')
    .option('--skip-code', 'exit with 99 if there was nothing to do (for schedulers)')
    .addHelpText(
      'after',
      '\nExamples:\n  throughline run\n  throughline run --sample 1000\n  throughline run --from 2024-01-01 --to 2024-02-01\n',
    )
    .action(async (options: RunCommandOptions) => {
      const { from, to, chunk: chunks, sample, force, only, acceptSchema } = options;
      const { exitCodeOf, runPipeline } = await import('../run/index.ts');
      const result = await withInterrupt(context, async (signal) =>
        runPipeline(
          await configOf(options, context),
          { from, to, chunks, sample, force, only, acceptSchema },
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

const SHOWN_FAILURES = 5;

function againstPlan(
  { embedded, embedSeconds, cost }: RunResult,
  planned: NonNullable<RunResult['planned']>,
): string {
  const time = planned.seconds === undefined ? 'unknown' : formatSeconds(planned.seconds);
  const money =
    cost === 0 && !planned.cost
      ? ''
      : `, cost ${cost.toFixed(4)} of ${planned.cost?.toFixed(4) ?? 'unknown'}`;
  return `against the plan: ${formatCount(embedded)} of ${formatCount(planned.passages)} texts embedded, ${formatSeconds(embedSeconds)} of ${time}${money}`;
}

function printResult({ terminal }: Context, result: RunResult): void {
  printWork(terminal, result);
  if (result.themesFit && (result.chunks.done > 0 || result.themesFit.refit))
    terminal.print(
      `themes ${result.themesFit.refit ? 'fitted' : 'not fitted again'}: ${result.themesFit.why}`,
    );
  printRelevance(terminal, result);
}

function printRelevance(terminal: Terminal, { relevance }: RunResult): void {
  if (!relevance) return;
  const { measures, intervals, queries, mode, against } = relevance;
  const decimal = (value: number) => value.toFixed(4);
  const [low, high] = intervals['ndcg@10'].map(decimal);
  const before = against
    ? `; ${decimal(against.measures['ndcg@10'])} before (p = ${Number(against.difference.p.toPrecision(2))})`
    : '';
  terminal.print(
    `nDCG@10 ${decimal(measures['ndcg@10'])} (${low} to ${high}), ${formatCount(queries)} judged queries, ${mode}${before}`,
  );
}

function printWork(terminal: Terminal, result: RunResult): void {
  const { done, skipped, failed, left } = result.chunks;
  if (done === 0 && failed === 0 && left === 0) {
    terminal.print(`Nothing has changed: ${skipped} chunks as they were (${formatSeconds(result.seconds)}).`);
    return;
  }
  const dropped = result.dropped > 0 ? `, ${formatCount(result.dropped)} rows dropped by transform` : '';
  terminal.print(
    `${done} chunks done, ${skipped} as they were${failed > 0 ? `, ${failed} failed` : ''}${left > 0 ? `, ${left} left to another run` : ''} (${formatSeconds(result.seconds)})`,
  );
  terminal.print(
    `${formatCount(result.records)} records, ${formatCount(result.passages)} passages, ${formatCount(result.deadLetters)} dead letters${dropped}`,
  );
  terminal.print(
    `${formatCount(result.embedded)} texts embedded, ${formatCount(result.cached)} known already`,
  );
  if (result.requests > 0) {
    const cost = result.cost > 0 ? `, ${result.cost.toFixed(4)} by the price in the config` : '';
    terminal.print(`${formatCount(result.requests)} requests, ${formatCount(result.tokens)} tokens${cost}`);
  }
  if (result.planned) terminal.print(againstPlan(result, result.planned));
  for (const { chunk, message } of result.failures.slice(0, SHOWN_FAILURES))
    terminal.print(`failed: ${printable(chunk)}: ${printable(message)}`);
  if (failed > SHOWN_FAILURES) terminal.print(`... and ${failed - SHOWN_FAILURES} more: throughline status`);
}
