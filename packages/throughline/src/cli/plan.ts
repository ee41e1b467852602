import type { Command } from 'commander';
import { type Interval, parseInterval } from '../chunk/interval.ts';
import type { Config } from '../config/index.ts';
import type { Plan } from '../run/plan.ts';
import {
  type Context,
  configOf,
  printJson,
  type SharedOptions,
  withEngineOption,
  withSharedOptions,
} from './context.ts';
import { parseCount, parseDate } from './parse.ts';
import { formatBytes, formatCount, formatSeconds, table } from './terminal.ts';

interface PlanCommandOptions extends SharedOptions {
  from?: string;
  to?: string;
  sample?: number;
  chunks?: boolean;
  interval?: Interval;
  groups?: number;
}

const SHOWN_CHUNKS = 10;

export function planCommand(program: Command, context: Context): void {
  withEngineOption(withSharedOptions(program.command('plan')))
    .summary('show chunks, rows, passages, time and cost, without embedding anything')
    .option('--from <date>', 'only windows that begin on this day or later (YYYY-MM-DD)', parseDate)
    .option('--to <date>', 'only windows that begin before this day (YYYY-MM-DD)', parseDate)
    .option('--sample <rows>', 'plan a run with --sample', parseCount)
    .option('--chunks', 'list every chunk')
    .option(
      '--interval <start/end>',
      'only windows that have time in common with it (ISO 8601)',
      parseInterval,
    )
    .option(
      '--groups <most>',
      'print nothing but what is due as one line of JSON, divided among at most so many tasks (for schedulers)',
      parseCount,
    )
    .addHelpText('after', '\nExample:\n  throughline plan --chunks\n')
    .action(async (options: PlanCommandOptions) => {
      const { planPipeline } = await import('../run/plan.ts');
      const { from, to, sample } = options;
      const tell = (message: string) => context.terminal.log(message);
      const loaded = await configOf(options, context);
      const plan = await planPipeline(loaded, {
        interval: options.interval,
        from,
        to,
        sample,
        ofTasks: options.groups !== undefined || options.interval !== undefined,
        tell,
        clock: context.clock,
      });
      if (options.groups !== undefined) await printGroups(context, plan, loaded.config, options.groups);
      else if (options.json) printJson(context, plan);
      else await printPlan(context, plan, options.chunks === true);
    });
}

async function printGroups(context: Context, plan: Plan, { schedule }: Config, most: number): Promise<void> {
  const { groupChunks } = await import('../schedule/group-chunks.ts');
  const due = plan.chunks.filter((chunk) => chunk.due);
  printJson(context, groupChunks(due, { most, leastRows: schedule?.rowsPerTask ?? 1 }), 0);
}

function timeOf({ seconds, rate }: Plan['estimate']): string {
  if (seconds === undefined) return 'The time depends on the model';
  const by = rate ? ` (by ${rate.runs} earlier runs here)` : '';
  return `About ${formatSeconds(seconds)} of embedding${by}`;
}

async function printPlan({ terminal }: Context, plan: Plan, all: boolean): Promise<void> {
  const { describeRule } = await import('../chunk/plan.ts');
  const { due, estimate } = plan;
  const kept = plan.sourceRows - plan.filtered;
  terminal.print(
    `${formatCount(plan.sourceRows)} rows in the source, ${formatCount(plan.filtered)} left out by the filter, ${formatCount(kept)} to process`,
  );
  terminal.print(
    `${plan.chunks.length} chunks: ${describeRule(plan.rule)}${plan.chosen ? ' (chosen by the planner)' : ''}`,
  );
  terminal.print();
  const shown = all ? plan.chunks : plan.chunks.slice(0, SHOWN_CHUNKS);
  for (const line of table(
    ['chunk', 'rows', 'state'],
    shown.map((chunk) => [chunk.id, chunk.rows, chunk.due ? 'due' : 'unchanged']),
  ))
    terminal.print(`  ${line}`);
  if (shown.length < plan.chunks.length)
    terminal.print(`  ... and ${plan.chunks.length - shown.length} more: throughline plan --chunks`);
  terminal.print();
  if (due.chunks === 0) terminal.print('Nothing is due.');
  else {
    terminal.print(
      `Due: ${due.chunks} chunks, ${formatCount(due.rows)} rows, about ${formatCount(estimate.passages)} passages and ${formatCount(estimate.tokens)} tokens`,
    );
    terminal.print(
      `${timeOf(estimate)}, ${formatBytes(estimate.bytes)}, cost ${estimate.cost?.toFixed(2) ?? 'unknown'} (judged by ${formatCount(estimate.sampledRows)} rows)`,
    );
  }
  terminal.print(
    `Themes ${plan.themes.refit ? 'would be fitted' : 'would not be fitted again'}: ${plan.themes.why}`,
  );
  for (const warning of plan.warnings) terminal.log(`warning: ${warning}`);
}
