/** Columns that a person names, checked against those that are there. */
import { EXIT, ThroughlineError } from '../error.ts';
import { suggest } from '../suggest.ts';
import type { NamedColumns } from './choose-columns.ts';

/** Throws with exit code 64 for a column that is not there, with the nearest that is. */
export function requireKnown(named: NamedColumns, columns: readonly string[]): void {
  const { id, text = [], timestamp, attributes = [] } = named;
  for (const name of [id, timestamp, ...text, ...attributes]) {
    if (name === undefined || name === '' || columns.includes(name)) continue;
    const near = suggest(name, columns);
    throw new ThroughlineError(`there is no column "${name}"${near ? `: did you mean "${near}"?` : ''}`, {
      code: 'column_missing',
      exitCode: EXIT.usage,
      hint: `The columns: ${columns.slice(0, 40).join(', ')}${columns.length > 40 ? ', ...' : ''}.`,
    });
  }
}

/** Names that are separated by commas; a name that has a comma in it is taken whole. */
export function namesOf(words: string, columns: readonly string[]): string[] {
  const whole = words.trim();
  if (columns.includes(whole)) return [whole];
  return whole
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
