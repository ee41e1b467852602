import { columnsOf, type Formula, type Recipe } from '@throughline/notebook-lint';
import type { LookedAt } from '../init/index.ts';
import { type PythonText, pythonOfText } from './python-text.ts';
import { identifier, sqlOfText } from './sql-text.ts';

/** How a record gets the notebook's text: from columns as they are, by SQL, or by the notebook's own Python. */
export type TextPlan = {
  /** Columns of `source.text`. */
  readonly columns: readonly string[];
  /** All columns that the text is made of. */
  readonly parts: readonly string[];
} & (
  | { readonly how: 'columns' }
  | { readonly how: 'sql'; readonly expression: string }
  | { readonly how: 'python'; readonly python: PythonText }
  /** Not known: the columns are what was seen of it. */
  | { readonly how: 'unknown' }
);

/** `looked`: of a text that is made, the longest of its columns holds it; without, the last. */
export function textPlan({ text, functions }: Recipe, looked: LookedAt | undefined): TextPlan {
  if (!text) return { how: 'unknown', columns: [], parts: [] };
  const formula = text.value;
  const parts = columnsOf(formula);
  if (parts.length === 0) return { how: 'unknown', columns: parts, parts };
  if (isJoined(formula)) return { how: 'columns', columns: parts, parts };
  const columns = [holderOf(parts, looked)];
  const expression = sqlOfText(formula);
  if (expression !== undefined) return { how: 'sql', columns, parts, expression };
  const python = pythonOfText(formula, functions);
  const whole = python?.functions.every(
    (name) => functions.find((one) => one.name === name)?.readsData === false,
  );
  return python && whole
    ? { how: 'python', columns, parts, python }
    : { how: 'unknown', columns: parts, parts };
}

/** One column, or several with a blank line between them: what `source.text` does itself. */
function isJoined(formula: Formula): boolean {
  if (formula.op === 'text') return isJoined(formula.of);
  if (formula.op === 'column') return true;
  if (formula.op === 'call') return formula.inner !== undefined && isJoined(formula.inner);
  if (formula.op !== 'concat' || formula.parts.length % 2 === 0) return false;
  const names = new Set<string>();
  return formula.parts.every((part, at) => {
    if (at % 2 === 1) return part.op === 'literal' && part.value === '\n\n';
    const column = part.op === 'fill' && part.value === '' ? part.of : part;
    if (column.op !== 'column' || names.has(column.name)) return false;
    names.add(column.name);
    return true;
  });
}

function holderOf(parts: readonly string[], looked: LookedAt | undefined): string {
  const lengthOf = (name: string) => looked?.columns.find((column) => column.name === name)?.length ?? 0;
  return parts.reduce((longest, name) => (lengthOf(name) >= lengthOf(longest) ? name : longest));
}

/** SQL of `transform:` that puts the text into a column; the others, attributes among them, stay as they are. */
export function textSql(expression: string, holder: string, columns: readonly string[]): string {
  const selected = columns.map((column) =>
    column === holder ? `${expression} AS ${identifier(column)}` : identifier(column),
  );
  return `SELECT ${selected.join(', ')} FROM input`;
}
