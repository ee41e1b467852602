import { columnsOf, type Formula, type Recipe } from '@throughline/notebook-lint';
import { type PythonText, pythonOfText } from './python-text.ts';
import { identifier, sqlOfText } from './sql-text.ts';

/** How a record gets the notebook's text: from columns as they are, by SQL, or by the notebook's own Python. */
export type TextPlan = { readonly columns: readonly string[] } & (
  | { readonly how: 'columns' }
  | { readonly how: 'sql'; readonly expression: string }
  | { readonly how: 'python'; readonly python: PythonText }
  /** Not known: the columns are what was seen of it. */
  | { readonly how: 'unknown' }
);

export function textPlan({ text, functions }: Recipe): TextPlan {
  if (!text) return { how: 'unknown', columns: [] };
  const formula = text.value;
  const columns = columnsOf(formula);
  if (columns.length === 0) return { how: 'unknown', columns };
  if (isJoined(formula)) return { how: 'columns', columns };
  const expression = sqlOfText(formula);
  if (expression !== undefined) return { how: 'sql', columns, expression };
  const python = pythonOfText(formula, functions);
  const whole = python?.functions.every(
    (name) => functions.find((one) => one.name === name)?.readsData === false,
  );
  return python && whole ? { how: 'python', columns, python } : { how: 'unknown', columns };
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

/**
 * SQL of `transform:` that puts the text into the first of its columns and leaves the others empty: parts of a text that
 * are empty are left out when it is joined.
 */
export function textSql(expression: string, text: readonly string[], columns: readonly string[]): string {
  const [first, ...others] = text;
  const selected = columns.map((column) => {
    if (column === first) return `${expression} AS ${identifier(column)}`;
    return others.includes(column) ? `CAST(NULL AS VARCHAR) AS ${identifier(column)}` : identifier(column);
  });
  return `SELECT ${selected.join(', ')} FROM input`;
}
