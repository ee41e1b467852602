import type { Fact, Formula, Recipe, StepFact, Test } from '@throughline/notebook-lint';

/**
 * The recipe with the columns of a file without a header as the pipeline calls them: column1, column2, ... in the order of
 * the names that the notebook gives them. As it is where the notebook gives none.
 */
export function withColumnNumbers(recipe: Recipe): Recipe {
  const names = givenNames(recipe);
  if (names === undefined) return recipe;
  const renamed = (column: string) => {
    const at = names.indexOf(column);
    return at < 0 ? column : `column${at + 1}`;
  };
  const of = <T>(fact: Fact<T>, change: (value: T) => T): Fact<T> => ({
    ...{ value: change(fact.value), origin: fact.origin },
    alternatives: fact.alternatives.map(({ value, origin }) => ({ value: change(value), origin })),
  });
  const { text, timestamp, id } = recipe;
  return {
    ...recipe,
    steps: recipe.steps.map((step) => of(step, (value) => stepWith(value, renamed))),
    text: text && of(text, (formula) => formulaWith(formula, renamed)),
    timestamp: timestamp && of(timestamp, (time) => ({ ...time, column: renamed(time.column) })),
    id: id && of(id, renamed),
    columns: recipe.columns.map((fact) => of(fact, renamed)),
  };
}

/** The names of all columns, in order, of a file whose first line is a row. */
export function givenNames({ source }: Recipe): readonly string[] | undefined {
  const { names, new_columns: columns, header, has_header: has } = source?.value.options ?? {};
  const list = names ?? (has === false ? columns : undefined);
  // pandas takes a file with `names` for one without a header, unless told otherwise.
  if (typeof list !== 'string' || (header !== undefined && header !== null && header !== 'None'))
    return undefined;
  const inner = /^[[(]\s*([\s\S]*?),?\s*[\])]$/.exec(list.trim())?.[1];
  const found = inner?.split(',').map((part) => /^(["'])([^"'\\]*)\1$/.exec(part.trim())?.[2]);
  return found && !found.includes(undefined) ? (found as string[]) : undefined;
}

function formulaWith(at: Formula, renamed: (column: string) => string): Formula {
  const inside = (of: Formula) => formulaWith(of, renamed);
  if (at.op === 'column') return { op: 'column', name: renamed(at.name) };
  if (at.op === 'literal') return at;
  if (at.op === 'concat') return { ...at, parts: at.parts.map(inside) };
  if (at.op === 'other') return { ...at, of: at.of.map(inside) };
  // A function that takes a row asks it by the names of the notebook.
  if (at.op === 'call' && at.ofRow) return { op: 'other', source: at.name, of: [inside(at.of)] };
  if (at.op === 'call') return { ...at, of: inside(at.of), inner: at.inner && inside(at.inner) };
  return { ...at, of: inside(at.of) };
}

function testWith(test: Test, renamed: (column: string) => string): Test {
  if (test.op === 'other') return test;
  if (test.op === 'not') return { op: 'not', of: testWith(test.of, renamed) };
  if ('of' in test) return { ...test, of: test.of.map((one) => testWith(one, renamed)) };
  return { ...test, left: formulaWith(test.left, renamed) };
}

function stepWith(step: StepFact, renamed: (column: string) => string): StepFact {
  if (step.op === 'filter') return { op: 'filter', condition: testWith(step.condition, renamed) };
  if (step.op !== 'drop_nulls' && step.op !== 'dedupe') return step;
  return { ...step, columns: step.columns?.map((column) => formulaWith(column, renamed)) };
}
