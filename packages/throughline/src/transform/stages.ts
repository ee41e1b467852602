/** The steps of `transform` in stages: steps in SQL, and the command that gets what they leave. */
import type { Config } from '../config/index.ts';

type Step = Config['transform'][number];
export type CommandStep = Extract<Step, { command: string[] }>;
export type SqlStep = Exclude<Step, CommandStep>;

export interface Stage {
  readonly steps: readonly SqlStep[];
  /** Absent in the last stage. */
  readonly command?: CommandStep;
}

/** One stage more than there are commands. */
export function stagesOf(transform: Config['transform']): Stage[] {
  const stages: Stage[] = [];
  let steps: SqlStep[] = [];
  for (const step of transform) {
    if (!('command' in step)) {
      steps.push(step);
      continue;
    }
    stages.push({ steps, command: step });
    steps = [];
  }
  return [...stages, { steps }];
}

/** A command that shapes rows or passages. */
export interface ShapingCommand {
  readonly command: readonly string[];
  readonly files?: readonly string[] | undefined;
  readonly timeout?: string | undefined;
}

/** Those of `transform` in their order, and that of `split`. */
export function commandsOf({ transform, split }: Pick<Config, 'transform' | 'split'>): ShapingCommand[] {
  const steps = transform.flatMap((step) => ('command' in step ? [step] : []));
  return [...steps, ...(split.command ? [{ ...split, command: split.command }] : [])];
}
