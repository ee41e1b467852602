import { EXIT, ThroughlineError } from '../error.ts';
import type { Mapping } from '../source/mapping.ts';
import { suggest } from '../suggest.ts';

/** The column of the records table that a check calls so: an attribute, the column of the id or the time, the text. Throws with exit code 78. */
export function columnOf(column: string, { id, timestamp, text, attributes }: Mapping): string {
  if (attributes.some(({ name }) => name === column)) return column;
  if (column === id) return '_id';
  if (column === timestamp) return '_at';
  if (column === 'text' || (text.length === 1 && column === text[0])) return '_text';
  const names = [id, timestamp, 'text', ...attributes.map(({ name }) => name)];
  const known = names.filter((name) => name !== undefined);
  const near = suggest(column, known);
  throw new ThroughlineError(`unknown column ${column}${near ? `: did you mean ${near}?` : ''}`, {
    code: 'quality_unknown_column',
    exitCode: EXIT.config,
    hint: `Known columns: ${known.join(', ')}.`,
  });
}
