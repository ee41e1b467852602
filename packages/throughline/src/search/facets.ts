import { quoteIdentifier } from '@throughline/delta';
import type { ColumnType } from '../config/index.ts';
import { type Filter, toDuckDb } from '../filter/index.ts';
import type { Mapping } from '../source/mapping.ts';
import type { Query } from './columns.ts';
import type { AttributeValue } from './store.ts';
import { usage } from './usage.ts';

/** Distinct records that have the value; null are those without one. A time counts for its month in UTC: `2024-01`. */
export interface FacetCount {
  value: AttributeValue;
  records: number;
}

/** By the name that was asked for: the most frequent values first, equal ones in the order of the values. */
export type Facets = Record<string, FacetCount[]>;

export interface FacetColumn {
  /** As users know it. */
  name: string;
  /** Of the passages table. */
  column: string;
  type: ColumnType;
}

const MAX_VALUES = 100;

/** `records`: what is counted, as a table of DuckDB. */
export async function countFacets(
  query: Query,
  columns: readonly FacetColumn[],
  filter: Filter | undefined,
  records = 'records',
): Promise<Facets> {
  const condition = filter === undefined ? '' : `WHERE ${toDuckDb(filter, quoteIdentifier)}`;
  const facets: Facets = {};
  for (const { name, column, type } of columns) {
    const rows = await query(
      `SELECT ${type === 'timestamp' ? "strftime(value, '%Y-%m')" : 'value'} AS value, count(DISTINCT _record)::DOUBLE AS records
        FROM (SELECT _record, ${valueSql(quoteIdentifier(column), type)} AS value FROM ${records} AS r ${condition})
        AS v GROUP BY v.value ORDER BY records DESC, v.value NULLS LAST LIMIT ${MAX_VALUES}`,
    );
    facets[name] = rows.map(({ value, records }) => ({ value: plain(value), records: Number(records) }));
  }
  return facets;
}

function valueSql(column: string, type: ColumnType): string {
  // Without the zone, which is UTC: months of zones are reckoned slowly.
  if (type === 'timestamp') return `date_trunc('month', make_timestamp(epoch_us(${column})))`;
  return type === 'double' ? `CASE WHEN NOT isnan(${column}) THEN ${column} END` : column;
}

/** A long that a number cannot hold is its digits. */
export function plain(value: unknown): AttributeValue {
  if (typeof value !== 'bigint') return value as AttributeValue;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

/** Throws a usage error for a name that is no attribute and not the timestamp's column. */
export function facetColumns(mapping: Mapping, names: readonly string[]): FacetColumn[] {
  return names.map((name) => {
    const attribute = mapping.attributes.find((one) => one.name === name);
    if (attribute) return { name, column: name, type: attribute.type };
    if (name === mapping.timestamp) return { name, column: '_at', type: 'timestamp' };
    throw usage(`there is no attribute ${name} to count by`, `There are: ${sortableNames(mapping)}.`);
  });
}

/** Names of columns by which records can be counted and sorted. */
export function sortableNames({ timestamp, attributes }: Mapping): string {
  const names = attributes.map(({ name }) => name);
  if (timestamp !== undefined && !names.includes(timestamp)) names.push(timestamp);
  return names.join(', ') || 'none';
}
