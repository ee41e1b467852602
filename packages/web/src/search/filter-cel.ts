/** The filter of a search, CEL, made of what was chosen. Values are always quoted; names come from the server's columns. */
import type { About } from '../api/use-about.ts';
import type { FacetValue, SearchState } from './search-state.ts';

type Chosen = Pick<SearchState, 'chosen' | 'from' | 'to' | 'filter'>;
export type Columns = Pick<About, 'attributes' | 'timestamp'>;

/** Undefined where nothing narrows the search. Attributes that the server does not know are left out. */
export function filterOf({ chosen, from, to, filter }: Chosen, columns: Columns): string | undefined {
  const parts: string[] = [];
  for (const { name, type } of columns.attributes) {
    const values = chosen[name] ?? [];
    if (values.length > 0) parts.push(anyOf(name, type, values));
  }
  const { timestamp } = columns;
  if (timestamp !== null) {
    if (from !== undefined) parts.push(`${timestamp} >= ${startOf(from, 0)}`);
    if (to !== undefined) parts.push(`${timestamp} < ${startOf(to, 1)}`);
  }
  if (filter !== undefined) parts.push(parts.length > 0 ? `(${filter}\n)` : filter);
  return parts.length === 0 ? undefined : parts.join(' && ');
}

type ColumnType = Columns['attributes'][number]['type'];

/** A record has one of the values, or none at all where null is among them. */
function anyOf(name: string, type: ColumnType, values: readonly FacetValue[]): string {
  const known = values.filter((value) => value !== null);
  const parts: string[] = [];
  if (type === 'timestamp') for (const value of known) parts.push(inMonth(name, String(value)));
  else if (known.length === 1) parts.push(`${name} == ${literal(type, known[0]!)}`);
  else if (known.length > 1) parts.push(`${name} in [${known.map((one) => literal(type, one)).join(', ')}]`);
  if (known.length < values.length) parts.push(`!has(${name})`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || ')})`;
}

/** As a literal of the column's type: CEL compares no double with a whole number. */
function literal(type: ColumnType, value: string | number | boolean): string {
  if (type === 'boolean') return String(value === true || value === 'true');
  if (type === 'long' && /^-?\d+$/.test(String(value))) return String(value);
  if (type === 'double' && Number.isFinite(Number(value))) {
    const text = String(Number(value));
    return /^-?\d+$/.test(text) ? `${text}.0` : text;
  }
  return quoted(String(value));
}

/** A string of CEL: JSON's escapes are among CEL's, except for halves of surrogate pairs, which no text has. */
function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/** Times are counted by month: `2024-01`. */
function inMonth(name: string, value: string): string {
  const first = new Date(`${value}-01T00:00:00Z`);
  if (Number.isNaN(first.getTime())) return `${name} == ${quoted(value)}`;
  const next = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1));
  return `(${name} >= ${timestamp(first)} && ${name} < ${timestamp(next)})`;
}

/** The first moment of a day, in UTC, or of so many days after it. */
function startOf(day: string, later: number): string {
  const time = new Date(`${day}T00:00:00Z`);
  time.setUTCDate(time.getUTCDate() + later);
  return timestamp(time);
}

function timestamp(time: Date): string {
  return `timestamp("${time.toISOString().replace('.000Z', 'Z')}")`;
}
