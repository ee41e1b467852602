import type { Command } from 'commander';
import type { Context } from './context.ts';
import { evalFeedbackCommand } from './eval-feedback.ts';
import { evalSearchCommand } from './eval-search.ts';
import { evalSynthCommand } from './eval-synth.ts';
import { evalThemesCommand } from './eval-themes.ts';

export function evalCommand(program: Command, context: Context): void {
  const evaluate = program
    .command('eval')
    .summary('measure search against judgements, and themes against labels');
  evalSearchCommand(evaluate, context);
  evalSynthCommand(evaluate, context);
  evalFeedbackCommand(evaluate, context);
  evalThemesCommand(evaluate, context);
}
