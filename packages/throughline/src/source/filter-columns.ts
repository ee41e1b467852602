import type { FilterColumns } from '../filter/index.ts';
import type { Mapping } from './mapping.ts';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * What a filter may name: attributes, and the id, text and timestamp columns where their names are identifiers.
 * The same names work before the tables are made and in searches after.
 */
export function filterColumns(mapping: Mapping): FilterColumns {
  const columns: FilterColumns = {};
  for (const column of [mapping.id, ...mapping.text])
    if (column !== undefined && IDENTIFIER.test(column)) columns[column] = 'string';
  if (mapping.timestamp !== undefined && IDENTIFIER.test(mapping.timestamp))
    columns[mapping.timestamp] = 'timestamp';
  for (const { name, type } of mapping.attributes) columns[name] = type;
  return columns;
}
