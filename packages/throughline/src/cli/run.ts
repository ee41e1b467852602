import type { Command } from 'commander';
import { EXIT, ThroughlineError } from '../error.ts';
import type { RunResult, Step } from '../run/index.ts';
import { trendsCommand } from '../theme/trends-command.ts';
import { readChunkList } from './chunk-list.ts';
import {
  type Context,
  configOf,
  lakeNamedBy,
  printJson,
  type SharedOptions,
  withEngineOption,
  withSharedOptions,
} from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { parseCount, parseDate, parseDuration } from './parse.ts';
import { createProgress } from './progress.ts';
import { formatCount, formatSeconds, printable, type Terminal } from './terminal.ts';

interface RunCommandOptions extends SharedOptions {
  from?: string;
  to?: string;
  chunk?: string[];
  sample?: number;
  force?: boolean;
  chunkList?: string;
  only?: string;
  acceptSchema?: boolean;
  skipCode?: boolean;
  reproduce?: string;
  into?: string;
  asOf?: string;
  follow?: boolean;
  every?: number;
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
    .option('--chunk-list <file>', 'only the chunks of a JSON array of ids; - reads it from standard input')
    .option(
      '--only <step>',
      'map: chunks, and neither index nor themes; check: the checks of the tables; index: these and the index; themes',
    )
    .option(
      '--reproduce <run>',
      'make the tables of a run again, elsewhere, and say whether they are the same',
    )
    .option(
      '--as-of <when>',
      'index and themes of the passages as a run left them, or as of a time; promotes nothing',
    )
    .option('--into <folder>', 'with --reproduce: where (default: a temporary folder)')
    .option('--accept-schema', 'columns of the source that have changed are the right ones from now on')
    .option('--follow', 'go on with what is new, until it is stopped')
    .option(
      '--every <time>',
      'with --follow: least time between two looks, or two micro-batches: 30s',
      parseDuration,
    )
    .option('--skip-code', 'exit with 99 if there was nothing to do (for schedulers)')
    .addHelpText(
      'after',
      '\nExamples:\n  throughline run\n  throughline run --sample 1000\n  throughline run --from 2024-01-01 --to 2024-02-01\n  throughline run --follow --every 5s\n  throughline run --reproduce latest\n  throughline run --as-of 2024-01-01\n',
    )
    .action(async (options: RunCommandOptions) => {
      const { from, to, sample, force, acceptSchema, reproduce: run, into } = options;
      checkAlone(options);
      if (options.asOf !== undefined) return await runAsOf(context, options, options.asOf);
      if (run !== undefined) {
        const { reproduceRun } = await import('./reproduce.ts');
        return await reproduceRun(context, options, { run, into });
      }
      const listed = options.chunkList === undefined ? undefined : await readChunkList(options.chunkList);
      const chunks = listed ? [...listed, ...(options.chunk ?? [])] : options.chunk;
      const only = await stepOf(options);
      // What a scheduler lists and the source no longer has is kept: it has gone since.
      const keepVanished = listed !== undefined;
      const asked = { from, to, chunks, sample, force, only, acceptSchema, keepVanished };
      const { exitCodeOf, followPipeline, runPipeline } = await import('../run/index.ts');
      const loaded = await configOf(options, context);
      const { clock, newId } = context;
      const reporter = createProgress(context.terminal, clock);
      const result = await withInterrupt(context, (signal) => {
        const effects = { clock, newId, signal, reporter };
        return options.follow
          ? followPipeline(loaded, { acceptSchema }, { ...effects, everyMs: options.every })
          : runPipeline(loaded, asked, effects);
      });
      if (options.json) printJson(context, result);
      else printResult(context, result, only);
      process.exitCode = exitCodeOf(result, asked, options.skipCode === true);
    });
}

/** What a run was told when it was made is told again, and what is derived is of whole tables: nothing else is asked. */
function checkAlone(options: RunCommandOptions): void {
  const { reproduce, asOf, into, from, to, chunk, chunkList, sample, force, only, acceptSchema, skipCode } =
    options;
  const others = {
    from,
    to,
    chunk,
    'chunk-list': chunkList,
    sample,
    force,
    only,
    'accept-schema': acceptSchema,
    'skip-code': skipCode,
  };
  const alone = reproduce !== undefined ? '--reproduce' : asOf !== undefined ? '--as-of' : undefined;
  const given = Object.entries({ ...others, ...(reproduce !== undefined && { 'as-of': asOf }) }).find(
    ([, value]) => value !== undefined,
  )?.[0];
  const { 'accept-schema': _accepted, ...parts } = others;
  const notFollowed = Object.entries({ ...parts, reproduce, 'as-of': asOf }).find(
    ([, value]) => value !== undefined,
  )?.[0];
  let fault: string | undefined;
  if (into !== undefined && reproduce === undefined) fault = '--into goes with --reproduce';
  else if (options.every !== undefined && !options.follow) fault = '--every goes with --follow';
  else if (options.follow && notFollowed !== undefined) fault = `--follow takes no --${notFollowed}`;
  else if (alone !== undefined && given !== undefined) fault = `${alone} takes no --${given}`;
  if (fault !== undefined) throw new ThroughlineError(fault, { code: 'usage', exitCode: EXIT.usage });
}

async function runAsOf(context: Context, options: RunCommandOptions, when: string): Promise<void> {
  const { deriveAsOf } = await import('../run/index.ts');
  const loaded = await configOf(options, context);
  const { clock, newId, terminal } = context;
  const reporter = createProgress(terminal, clock);
  const lake = await lakeNamedBy(loaded);
  const made = await withInterrupt(context, (signal) =>
    deriveAsOf(loaded, lake, when, { clock, newId, signal, reporter }),
  );
  if (options.json) return printJson(context, { ...made, at: new Date(made.at).toISOString() });
  terminal.print(`of the passages at version ${made.tables.passages}, ${new Date(made.at).toISOString()}:`);
  terminal.print(`index ${made.index}: throughline search QUERY --index ${made.index}`);
  terminal.print(`themes ${made.themes}: throughline themes diff ${made.themes}`);
  for (const fault of made.faults) terminal.print(terminal.style('red', `it may not serve: ${fault}`));
  terminal.print(
    `Nothing is promoted. To serve it until the next run: throughline index promote ${made.index}`,
  );
}

async function stepOf({ only }: RunCommandOptions): Promise<Step | undefined> {
  if (only === undefined) return undefined;
  const { STEPS } = await import('../run/index.ts');
  const step = STEPS.find((one) => one === only);
  if (step) return step;
  throw new ThroughlineError(`--only ${only}: the step is one of ${STEPS.join(', ')}`, {
    code: 'usage',
    exitCode: EXIT.usage,
  });
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

function printResult({ terminal }: Context, result: RunResult, only: Step | undefined): void {
  if (only === undefined || only === 'map') printWork(terminal, result);
  else printStep(terminal, result);
  if (result.themesFit && (result.chunks.done > 0 || result.themesFit.refit))
    terminal.print(
      `themes ${result.themesFit.refit ? 'fitted' : 'not fitted again'}: ${result.themesFit.why}`,
    );
  const { themesWatched } = result;
  if (themesWatched && themesWatched.changes.length > 0)
    terminal.print(
      `${formatCount(themesWatched.changes.length)} changes of themes since ${themesWatched.from}; to see them: ${trendsCommand(themesWatched)}`,
    );
  printRelevance(terminal, result);
}

/** Of a run that maps nothing. */
function printStep(terminal: Terminal, { quality, index, themes, seconds }: RunResult): void {
  const passed = quality.filter(({ status }) => status === 'passed').length;
  const told = [
    ...(quality.length > 0 ? [`${passed} of ${quality.length} checks passed`] : []),
    ...(index === undefined ? [] : [`index ${index} serves`]),
    ...(themes === undefined ? [] : [`themes ${themes} serve`]),
  ];
  terminal.print(`${told.join(', ') || 'nothing to do'} (${formatSeconds(seconds)})`);
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

function printFollowed(terminal: Terminal, { sourceRows, followed }: RunResult): void {
  if (!followed) return;
  const { batches, deleted, freshness } = followed;
  const age = freshness.p95 === undefined ? '' : `; 95 % published within ${formatSeconds(freshness.p95)}`;
  terminal.print(
    `${formatCount(sourceRows)} changes in ${formatCount(batches)} micro-batches, ${formatCount(deleted)} of them deletes${age}`,
  );
}

function printWork(terminal: Terminal, result: RunResult): void {
  printFollowed(terminal, result);
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
