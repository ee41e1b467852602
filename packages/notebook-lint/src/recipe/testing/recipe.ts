import { readRecipe } from '../read-recipe.ts';
import type { Formula, Recipe, Test } from '../recipe.ts';

/** What is read of code whose cells begin at `# %%`. */
export function recipeOf(code: string): Promise<Recipe> {
  const text = code.trimStart().startsWith('# %%') ? code.trimStart() : `# %%\n${code}`;
  return readRecipe(text, { file: 'test.py' });
}

/** A formula as one line: `(title + "\n" + lower(body))`. */
export function shown(formula: Formula | undefined): string {
  if (!formula) return '-';
  switch (formula.op) {
    case 'column':
      return formula.name;
    case 'literal':
      return JSON.stringify(formula.value);
    case 'concat':
      return `(${formula.parts.map(shown).join(' + ')})`;
    case 'method':
      return `${formula.name}${formula.regex ? '~' : ''}(${[shown(formula.of), ...formula.args.map((one) => JSON.stringify(one))].join(', ')})`;
    case 'slice':
      return `${shown(formula.of)}[${formula.start ?? ''}:${formula.end ?? ''}]`;
    case 'fill':
      return `fill(${shown(formula.of)}, ${JSON.stringify(formula.value)})`;
    case 'call':
      return `<${formula.name}>(${formula.ofRow ? 'row' : shown(formula.of)})`;
    case 'other':
      return `?(${formula.of.map(shown).join(', ')})`;
    default:
      return `${formula.op}(${shown(formula.of)})`;
  }
}

/** A condition as one line. */
function told(test: Test): string {
  switch (test.op) {
    case 'compare':
      return `${shown(test.left)} ${test.is} ${JSON.stringify(test.right)}`;
    case 'in':
      return `${shown(test.left)} in ${JSON.stringify(test.values)}`;
    case 'has':
      return `has ${shown(test.left)}`;
    case 'text':
      return `${shown(test.left)} ${test.is} ${JSON.stringify(test.text)}`;
    case 'not':
      return `not(${told(test.of)})`;
    case 'other':
      return '?';
    default:
      return `(${test.of.map(told).join(` ${test.op} `)})`;
  }
}

/** The steps, one a line. */
export function stepsOf(recipe: Recipe): string[] {
  return recipe.steps.map(({ value }) => {
    if (value.op === 'filter') return `filter ${told(value.condition)}`;
    if (value.op === 'drop_nulls') return `drop_nulls ${value.columns?.map(shown).join(', ') ?? 'all'}`;
    if (value.op === 'dedupe') return `dedupe ${value.columns?.map(shown).join(', ') ?? 'all'} ${value.keep}`;
    if (value.op === 'sample') return `sample ${value.how} ${value.rows ?? value.share} ${value.seed ?? '-'}`;
    return `other ${value.name}`;
  });
}
