import type { Command } from 'commander';
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
}

const SHOWN_CHUNKS = 10;

export function planCommand(program: Command, context: Context): void {
  withEngineOption(withSharedOptions(program.command('plan')))
    .summary('show chunks, rows, passages, time and cost, without embedding anything')
    .option('--from <date>', 'only windows that begin on this day or later (YYYY-MM-DD)', parseDate)
    .option('--to <date>', 'only windows that begin before this day (YYYY-MM-DD)', parseDate)
    .option('--sample <rows>', 'plan a run with --sample', parseCount)
    .option('--chunks', 'list every chunk')
    .addHelpText('after', '\nExample:\n  throughline plan --chunks\n')
    .action(async (options: PlanCommandOptions) => {
      const { planPipeline } = await import('../run/plan.ts');
      const { from, to, sample } = options;
      const tell = (message: string) => context.terminal.log(message);
      const plan = await planPipeline(await configOf(options, context), {
        from,
        to,
        sample,
        tell,
        clock: context.clock,
      });
      if (options.json) printJson(context, plan);
      else await printPlan(context, plan, options.chunks === true);
    });
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
