import { formulaOf, testOf } from './formula.ts';
import type { Functions } from './functions.ts';
import { factOf } from './origin.ts';
import type { Fact, StepFact } from './recipe.ts';
import type { Step } from './trace/traced.ts';

/** Steps as plain data, in their order. */
export function stepFacts(steps: readonly Step[], functions: Functions): Fact<StepFact>[] {
  return steps.map((step) => factOf(stepFact(step, functions), step.node));
}

function stepFact(step: Step, functions: Functions): StepFact {
  if (step.op === 'filter') return { op: 'filter', condition: testOf(step.condition, functions) };
  if (step.op === 'drop_nulls')
    return { op: 'drop_nulls', columns: step.columns?.map((column) => formulaOf(column, functions)) };
  if (step.op === 'dedupe')
    return {
      op: 'dedupe',
      keep: step.keep,
      columns: step.columns?.map((column) => formulaOf(column, functions)),
    };
  const { node: _, ...rest } = step;
  return rest;
}
