/** Checks of single rows as conditions that good rows meet: one form for the mapper and for every engine's SQL. */
import type { Config } from '../config/index.ts';
import { type Filter, type FilterColumns, parseFilter, renameColumns } from '../filter/index.ts';
import { filterColumns } from '../source/filter-columns.ts';
import type { Mapping } from '../source/mapping.ts';

export type QualityCheck = Config['quality'][number];
export type RowCheck = Extract<
  QualityCheck,
  { check: 'not_null' | 'accepted_values' | 'accepted_range' | 'length' | 'cel' }
>;

export interface RowCondition {
  check: RowCheck;
  name: string;
  /** Over the columns of the records table. */
  good: Filter;
}

/** Those that are about single rows, in the order of the config. Throws FilterError for a column or a value that does not fit. */
export function rowConditions(checks: readonly QualityCheck[], mapping: Mapping): RowCondition[] {
  return checks.flatMap((check) => {
    const where = celOf(check, mapping);
    return where === undefined
      ? []
      : [{ check: check as RowCheck, name: nameOf(check), good: overRecords(where, mapping) }];
  });
}

/** In results, dead letters and alerts. */
export function nameOf(check: QualityCheck): string {
  if (check.name !== undefined) return check.name;
  const column = 'column' in check && check.column !== undefined ? `_${check.column}` : '';
  return `${check.check}${column}`.toLowerCase().replace(/[^a-z0-9_]+/g, '_');
}

function celOf(check: QualityCheck, mapping: Mapping): string | undefined {
  switch (check.check) {
    case 'not_null':
      return `${check.column} != null`;
    case 'accepted_values':
      return `${check.column} == null || ${check.column} in [${check.values.map((one) => JSON.stringify(one)).join(', ')}]`;
    case 'accepted_range':
      return between(check.column, check.column, check);
    case 'length': {
      const column = check.column ?? textColumn(mapping);
      return between(column, `size(${column})`, check);
    }
    case 'cel':
      return check.where;
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

/** What a check of the text calls it: the word `text`, where it is made of several columns. */
function textColumn({ text }: Mapping): string {
  return text.length === 1 ? text[0]! : 'text';
}

/**
 * A condition over the records table: attributes by their names, the id, the time and the text by those of their columns. A text of
 * several columns is one there, and is called `text`.
 */
function overRecords(where: string, mapping: Mapping): Filter {
  const { id, timestamp, text } = mapping;
  const renamed = new Map<string, string>();
  if (id !== undefined) renamed.set(id, '_id');
  if (timestamp !== undefined) renamed.set(timestamp, '_at');
  renamed.set(textColumn(mapping), '_text');
  for (const { name } of mapping.attributes) renamed.set(name, name);
  const all: FilterColumns = { ...filterColumns(mapping), [textColumn(mapping)]: 'string' };
  if (text.length > 1) for (const column of text) if (renamed.get(column) === undefined) delete all[column];
  return renameColumns(parseFilter(where, all), (name) => renamed.get(name) ?? name);
}
