/** What is exported: the rows of one table at one version, as SQL. */
import { openTable, quoteIdentifier, relation } from '@throughline/delta';
import { EXIT, ThroughlineError } from '../error.ts';
import { toDuckDb } from '../filter/index.ts';
import { existingBuild } from '../lake/build.ts';
import { type Lake, promotedBuild, readCurrent } from '../lake/lake.ts';
import { tablePath } from '../lake/table-path.ts';
import { OpenedThings } from '../opened-things.ts';
import { searchFilter } from '../search/search-filter.ts';
import { suggest } from '../suggest.ts';
import type { ExportedTable } from './choices.ts';

export interface ExportSelection {
  table: ExportedTable;
  /** CEL over attributes, id and time; of passages and records only. */
  filter?: string | undefined;
  /** Adds `_theme`, `_theme_label` and the score of the promoted themes; of passages and records only. */
  withThemes?: boolean | undefined;
  /** Names of the columns, in the order wanted. */
  columns?: readonly string[] | undefined;
  limit?: number | undefined;
}

export interface ExportedColumn {
  name: string;
  /** As DuckDB calls it. */
  type:
    | 'VARCHAR'
    | 'BIGINT'
    | 'INTEGER'
    | 'DOUBLE'
    | 'FLOAT'
    | 'BOOLEAN'
    | 'TIMESTAMP WITH TIME ZONE'
    | 'FLOAT[]'
    | 'VARCHAR[]';
}

export interface ExportedRows extends AsyncDisposable {
  /** A SELECT in a fixed order of rows. */
  sql: string;
  columns: ExportedColumn[];
  /** Version of the table that is read. */
  version: number;
}

/** Rows are in this order, so that the same table gives the same file. */
const ORDER: Record<ExportedTable, string> = {
  passages: '_id, _chunk, _ordinal, _passage',
  records: '_id, _chunk',
  dead_letters: '_chunk, _step, _id, _code, _payload',
  themes: 'id',
  assignments: '_id, _passage',
  record_themes: '_id, _theme',
};

const TYPES: Record<string, ExportedColumn['type']> = {
  string: 'VARCHAR',
  long: 'BIGINT',
  integer: 'INTEGER',
  double: 'DOUBLE',
  float: 'FLOAT',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
};

/** Throws with exit code 64 for a column or a filter that the table does not have, 66 where there is no such table. */
export async function exportedRows(lake: Lake, selection: ExportSelection): Promise<ExportedRows> {
  const { table, filter, withThemes = false, limit } = selection;
  if ((filter !== undefined || withThemes) && table !== 'passages' && table !== 'records')
    throw usage(
      `${table} has no attributes or themes`,
      'A filter and themes are of passages and of records.',
    );
  await using stack = new OpenedThings();
  const snapshot = await openTable(await tablePath(lake, table));
  const rows = stack.use(await relation(snapshot));
  const themes = withThemes ? await joinedThemes(lake, table, stack) : undefined;
  const all = [
    ...snapshot.metadata.schema.fields.map(
      ({ name, type }): ExportedColumn => ({ name, type: typeOf(type) }),
    ),
    ...(themes?.columns ?? []),
  ];
  const columns = selection.columns === undefined ? all : chosenColumns(all, selection.columns);
  const { info } = await existingBuild(lake, await promotedBuild(lake));
  const condition =
    filter === undefined ? '' : ` WHERE ${toDuckDb(searchFilter(info.mapping, filter), quoteIdentifier)}`;
  const from = `${rows.sql} AS r${themes?.join ?? ''}`;
  const held = stack.move();
  return {
    sql: `SELECT ${columns.map(({ name }) => quoteIdentifier(name)).join(', ')} FROM (SELECT ${['r.*', ...(themes?.selects ?? [])].join(', ')} FROM ${from})${condition} ORDER BY ${ORDER[table]}${limit === undefined ? '' : ` LIMIT ${limit}`}`,
    columns,
    version: snapshot.version,
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}

function typeOf(type: unknown): ExportedColumn['type'] {
  if (typeof type === 'string' && type in TYPES) return TYPES[type]!;
  return (type as { elementType?: unknown }).elementType === 'float' ? 'FLOAT[]' : 'VARCHAR[]';
}

interface JoinedThemes {
  join: string;
  selects: string[];
  columns: ExportedColumn[];
}

async function joinedThemes(lake: Lake, table: ExportedTable, stack: OpenedThings): Promise<JoinedThemes> {
  if ((await readCurrent(lake)).themes === undefined)
    throw new ThroughlineError('there are no themes yet', {
      code: 'no_themes',
      exitCode: EXIT.noInput,
      hint: 'Find them first: throughline themes fit',
    });
  const isPassages = table === 'passages';
  const open = async (name: ExportedTable) =>
    stack.use(await relation(await openTable(await tablePath(lake, name))));
  const assigned = await open(isPassages ? 'assignments' : 'record_themes');
  const themes = await open('themes');
  const score = isPassages ? '_score' : '_share';
  return {
    join: ` LEFT JOIN ${assigned.sql} AS a ON ${isPassages ? 'a._passage = r._passage' : 'a._id = r._id'} LEFT JOIN ${themes.sql} AS t ON t.id = a._theme`,
    selects: ['a._theme AS _theme', 't.label AS _theme_label', `a.${score} AS _theme${score}`],
    columns: [
      { name: '_theme', type: 'VARCHAR' },
      { name: '_theme_label', type: 'VARCHAR' },
      { name: `_theme${score}`, type: isPassages ? 'FLOAT' : 'DOUBLE' },
    ],
  };
}

function chosenColumns(all: readonly ExportedColumn[], names: readonly string[]): ExportedColumn[] {
  return names.map((name) => {
    const found = all.find((column) => column.name === name);
    if (found) return found;
    const near = suggest(
      name,
      all.map((column) => column.name),
    );
    throw usage(
      `there is no column ${name}${near ? `: did you mean ${near}?` : ''}`,
      `Its columns: ${all.map((column) => column.name).join(', ')}.`,
    );
  });
}

function usage(message: string, hint: string): ThroughlineError {
  return new ThroughlineError(message, { code: 'usage', exitCode: EXIT.usage, hint });
}
