/** Checks of single rows, in one form for the mapper and for a pass over a table: conditions that good rows meet, or tests of a text. */
import type { Config } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type Filter, type FilterColumns, parseFilter, renameColumns } from '../filter/index.ts';
import { filterColumns } from '../source/filter-columns.ts';
import type { Mapping } from '../source/mapping.ts';
import { columnOf } from './column-of.ts';
import { encodingTest } from './text/encoding.ts';
import { piiTest } from './text/pii.ts';
import type { TextTest } from './text/text-test.ts';

export type QualityCheck = Config['quality'][number];
export type RowCheck = Extract<
  QualityCheck,
  { check: 'not_null' | 'accepted_values' | 'accepted_range' | 'length' | 'cel' | 'encoding' | 'pii' }
>;

export type RowCondition = { check: RowCheck; name: string } & (
  | { is: 'filter' /** Over the columns of the records table. */; good: Filter }
  | { is: 'text' /** Of the records table, of texts. */; column: string; test: TextTest }
);

/** Those that are about single rows, in the order of the config. Throws FilterError for a column or a value that does not fit. */
export function rowConditions(checks: readonly QualityCheck[], mapping: Mapping): RowCondition[] {
  return checks.flatMap((check): RowCondition[] => {
    const name = nameOf(check);
    if (check.check === 'encoding' || check.check === 'pii') {
      const column = textColumnOf(check.column ?? 'text', mapping);
      const test = check.check === 'pii' ? piiTest(check.kinds) : encodingTest(check.kinds);
      return [{ check, name, is: 'text', column, test }];
    }
    const good = goodRows(check, mapping);
    return good === undefined ? [] : [{ check: check as RowCheck, name, is: 'filter', good }];
  });
}

/** Throws with exit code 78 where it is no column of texts. */
export function textColumnOf(column: string, mapping: Mapping): string {
  const name = columnOf(column, mapping);
  const type = tableColumns(mapping)[name];
  if (type === 'string') return name;
  throw new ThroughlineError(`${column} is a ${type}, not a text`, {
    code: 'quality_not_text',
    exitCode: EXIT.config,
    hint: 'Name the text, or an attribute of type string.',
  });
}

/** In results, dead letters and alerts. */
export function nameOf(check: QualityCheck): string {
  if (check.name !== undefined) return check.name;
  const column = 'column' in check && check.column !== undefined ? `_${check.column}` : '';
  return `${check.check}${column}`.toLowerCase().replace(/[^a-z0-9_]+/g, '_');
}

function goodRows(check: QualityCheck, mapping: Mapping): Filter | undefined {
  if (check.check === 'cel') return asUsersCall(check.where, mapping);
  const cel = celOf(check, mapping);
  return cel === undefined ? undefined : parseFilter(cel, tableColumns(mapping));
}

/** Over the columns of the records table, whose names need no quotes. */
function celOf(check: QualityCheck, mapping: Mapping): string | undefined {
  switch (check.check) {
    case 'not_null':
      return `${columnOf(check.column, mapping)} != null`;
    case 'accepted_values': {
      const column = columnOf(check.column, mapping);
      return `${column} == null || ${column} in [${check.values.map((one) => JSON.stringify(one)).join(', ')}]`;
    }
    case 'accepted_range': {
      const column = columnOf(check.column, mapping);
      return between(column, column, check);
    }
    case 'length': {
      const column = columnOf(check.column ?? 'text', mapping);
      return between(column, `size(${column})`, check);
    }
    default:
      return undefined;
  }
}

function between(
  column: string,
  value: string,
  { min, max }: { min?: number | undefined; max?: number | undefined },
): string {
  const parts = [
    ...(min === undefined ? [] : [`${value} >= ${min}`]),
    ...(max === undefined ? [] : [`${value} <= ${max}`]),
  ];
  return `${column} == null || ${parts.join(' && ')}`;
}

function tableColumns({ attributes }: Mapping): FilterColumns {
  const own = attributes.map(({ name, type }) => [name, type] as const);
  return { ...Object.fromEntries(own), _id: 'string', _text: 'string', _at: 'timestamp' };
}

/** A condition of the config, by the names that filters have for the columns; a text of several columns is not among them. */
function asUsersCall(where: string, mapping: Mapping): Filter {
  const { id, timestamp, text, attributes } = mapping;
  const renamed = new Map<string, string>();
  if (id !== undefined) renamed.set(id, '_id');
  if (timestamp !== undefined) renamed.set(timestamp, '_at');
  if (text.length === 1) renamed.set(text[0]!, '_text');
  for (const { name } of attributes) renamed.set(name, name);
  const known = Object.entries(filterColumns(mapping)).filter(([name]) => renamed.has(name));
  return renameColumns(parseFilter(where, Object.fromEntries(known)), (name) => renamed.get(name)!);
}
