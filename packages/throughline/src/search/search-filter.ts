import { type Filter, type FilterColumns, parseFilter, renameColumns } from '../filter/index.ts';
import { filterColumns } from '../source/filter-columns.ts';
import type { Mapping } from '../source/mapping.ts';

/**
 * The filter of a search, over the columns of the passages table. It may name attributes, and the id and the timestamp
 * by their columns' names. Throws FilterError.
 */
export function searchFilter(mapping: Mapping, text: string): Filter {
  const names = columnNames(mapping);
  const columns = filterColumns(mapping);
  const known: FilterColumns = Object.fromEntries(
    Object.entries(columns).filter(([name]) => names.has(name)),
  );
  return renameColumns(parseFilter(text, known), (name) => names.get(name)!);
}

/** Columns of the passages table by the names that users have for them. */
function columnNames({ id, timestamp, attributes }: Mapping): Map<string, string> {
  const names = new Map(attributes.map(({ name }) => [name, name]));
  if (id !== undefined && !names.has(id)) names.set(id, '_id');
  if (timestamp !== undefined && !names.has(timestamp)) names.set(timestamp, '_at');
  return names;
}
