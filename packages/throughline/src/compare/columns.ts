/** Which column of a file is what: as the user says, or by a name that is common for it. */
import { quoteIdentifier } from '@throughline/delta';
import { EXIT, ThroughlineError } from '../error.ts';
import { suggest } from '../suggest.ts';
import { ROLES, type Role } from './side.ts';

/** A column of a file, with DuckDB's name of its type. */
export interface FileColumn {
  name: string;
  type: string;
}

/** What a user can name. */
export type ColumnNames = Partial<Record<Exclude<Role, 'chunk'>, string>> & {
  /** The source's name of the id, by which a file may know it too. */
  sourceId?: string | undefined;
};

/** The first that a file has is taken, in any case. */
const COMMON_NAMES: Readonly<Record<Role, readonly string[]>> = {
  id: ['_id', 'id', 'record_id', 'doc_id', 'document_id'],
  passage: ['_passage', 'passage_id'],
  ordinal: ['_ordinal', 'ordinal'],
  chunk: ['_chunk'],
  text: ['_text', 'text', 'content', 'document', 'body'],
  vector: ['_embedding', 'embedding', 'embeddings', 'vector', 'vectors'],
  theme: ['_theme', 'theme', 'theme_id', 'cluster', 'cluster_id', 'topic', 'topic_id'],
};

/** Throws with exit code 64 if a column that the user named is missing, or if none is an id. */
export function findColumns(
  file: string,
  columns: readonly FileColumn[],
  named: ColumnNames,
): Partial<Record<Role, string>> {
  const names = columns.map(({ name }) => name);
  const wanted: Partial<Record<Role, string>> = named;
  const found: Partial<Record<Role, string>> = {};
  for (const role of ROLES) {
    const name =
      wanted[role] === undefined
        ? common(role, names, named.sourceId)
        : chosen(file, role, wanted[role], names);
    if (name !== undefined) found[role] = name;
  }
  if (found.id === undefined && found.passage === undefined)
    throw usage(
      `${file} has no column that is known as an id`,
      `Name it: --id COLUMN. ${listColumns(names)}`,
    );
  return found;
}

function common(role: Role, names: readonly string[], sourceId: string | undefined): string | undefined {
  if (role === 'id' && sourceId !== undefined && names.includes(sourceId)) return sourceId;
  for (const known of COMMON_NAMES[role]) {
    const name = names.find((one) => one.toLowerCase() === known);
    if (name !== undefined) return name;
  }
  return undefined;
}

function chosen(file: string, role: Role, name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  const near = suggest(name, names);
  throw usage(
    `${file} has no column "${name}" for --${role}${near ? `: did you mean "${near}"?` : ''}`,
    listColumns(names),
  );
}

const SHOWN = 40;

function listColumns(names: readonly string[]): string {
  return `Its columns: ${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ', ...' : ''}.`;
}

/** What a side's rows are read by: one expression for each column that was found. Passages without an id are their own. */
export function expressionsOf(
  file: string,
  columns: readonly FileColumn[],
  found: Partial<Record<Role, string>>,
): Partial<Record<Role, string>> {
  const expressions: Partial<Record<Role, string>> = {};
  for (const role of ROLES) {
    const column = columns.find(({ name }) => name === found[role]);
    if (column) expressions[role] = EXPRESSIONS[role](column, file);
  }
  expressions.id ??= expressions.passage!;
  return expressions;
}

type Expression = (column: FileColumn, file: string) => string;

const EXPRESSIONS: Readonly<Record<Role, Expression>> = {
  id: name,
  passage: name,
  chunk: name,
  ordinal: (column) => `TRY_CAST(${quoteIdentifier(column.name)} AS BIGINT)`,
  // A file of text cannot tell an empty text from none.
  text: (column) => `coalesce(CAST(${quoteIdentifier(column.name)} AS VARCHAR), '')`,
  vector,
  // -1 is the noise of HDBSCAN and of what is built on it.
  theme: (column) => `CASE WHEN ${name(column)} NOT IN ('', '-1', '-1.0') THEN ${name(column)} END`,
};

/** Whole numbers that became floats on their way (a column with a gap in pandas) are named as whole numbers. */
function name({ name, type }: FileColumn): string {
  const column = quoteIdentifier(name);
  if (type !== 'DOUBLE' && type !== 'FLOAT') return `CAST(${column} AS VARCHAR)`;
  const whole = `isfinite(${column}) AND abs(${column}) < 1e15 AND ${column} = trunc(${column})`;
  return `CASE WHEN isnan(${column}) THEN NULL WHEN ${whole} THEN CAST(CAST(${column} AS BIGINT) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`;
}

/** An array of numbers, or its text: [1, 2] as of JSON, [1. 2.] as of numpy. What is no number becomes null in it. */
function vector({ name, type }: FileColumn, file: string): string {
  const column = quoteIdentifier(name);
  if (/^FLOAT\[\d*\]$/.test(type)) return `CAST(${column} AS FLOAT[])`;
  if (/^(DOUBLE|DECIMAL\(.*\)|U?(TINY|SMALL|BIG)?INT(EGER)?)\[\d*\]$/.test(type))
    return `CAST(${column} AS DOUBLE[])`;
  if (type === 'VARCHAR') {
    const inner = `trim(${column}, E'[] \\t\\r\\n')`;
    return `CASE WHEN trim(${column}) <> '' THEN TRY_CAST(string_split_regex(${inner}, '\\s*,\\s*|\\s+') AS DOUBLE[]) END`;
  }
  throw usage(
    `${file}: the column "${name}" is ${type}, not an array of numbers`,
    'Name the column with the vectors: --vector COLUMN.',
  );
}

function usage(message: string, hint: string): ThroughlineError {
  return new ThroughlineError(message, { code: 'usage', exitCode: EXIT.usage, hint });
}
