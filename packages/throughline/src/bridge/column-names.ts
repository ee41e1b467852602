import { columnsOf, type Recipe, type Test } from '@throughline/notebook-lint';
import { attributeName } from '../source/attribute-name.ts';

/** Words that CEL keeps for itself. https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax */
const WORDS = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * What each column of the source is called in a filter: id, text and time as they are, every other as its attribute, whose
 * name is nobody else's.
 */
export function columnNames(recipe: Recipe, fixed: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map(fixed.filter((column) => IDENTIFIER.test(column)).map((column) => [column, column]));
  const filtered = recipe.steps.flatMap(({ value }) =>
    value.op === 'filter' ? tested(value.condition) : [],
  );
  for (const column of new Set([...recipe.columns.map(({ value }) => value), ...filtered])) {
    if (fixed.includes(column)) continue;
    const taken = [...names.values()].map((name) => ({ name }));
    const isWord = WORDS.has(attributeName(column, []));
    names.set(column, attributeName(isWord ? `c_${column}` : column, taken));
  }
  return names;
}

/** Columns that a condition is about. */
function tested(test: Test): string[] {
  if (test.op === 'other') return [];
  if (test.op === 'not') return tested(test.of);
  return 'of' in test ? test.of.flatMap(tested) : columnsOf(test.left);
}
