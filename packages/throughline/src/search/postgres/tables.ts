/** The tables of a collection in Postgres: their names, columns and types. */
import { createHash } from 'node:crypto';
import { quoteIdentifier } from '@throughline/delta';
import type { ColumnType } from '../../config/index.ts';
import type { Attribute } from '../../source/mapping.ts';

/** Where the passages of a version are. Kept in its manifest, without the address of the server, which may hold a password. */
export interface PostgresPlace {
  schema: string;
  /** Ends the names of its tables. */
  collection: string;
  /** Rows of `passages_...`. */
  passages: number;
}

export interface Tables {
  /** A row for each passage. */
  passages: string;
  /** A row for each stem: which passages have it, and how much it weighs there. */
  words: string;
  /** Which collections there are, and whose they are. */
  collections: string;
  /** English stems, stop words as well. */
  dictionary: string;
}

/** Quoted names, with their schema. */
export function tablesOf({ schema, collection }: Pick<PostgresPlace, 'schema' | 'collection'>): Tables {
  const named = (name: string) => `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
  return {
    passages: named(`passages_${collection}`),
    words: named(`words_${collection}`),
    collections: named('collections'),
    dictionary: named('english'),
  };
}

/** Bytes of a name in Postgres. */
const LONGEST_NAME = 63;
const KEPT_OF_NAME = 44;

/** The quoted column of an attribute. Attributes have names of ASCII. */
export function attributeColumn(name: string): string {
  const column = `a_${name}`;
  if (column.length <= LONGEST_NAME) return quoteIdentifier(column);
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return quoteIdentifier(`${column.slice(0, KEPT_OF_NAME)}_${digest}`);
}

const TYPES: Record<ColumnType, string> = {
  string: 'text',
  long: 'bigint',
  double: 'double precision',
  boolean: 'boolean',
  timestamp: 'bigint',
};

export interface TableColumn {
  /** Quoted. */
  name: string;
  type: string;
  /** Texts that are compared sort by code point, as everywhere in the product. */
  collation?: 'COLLATE "C"';
  isNullable?: boolean;
}

const CODE_POINTS = { collation: 'COLLATE "C"' } as const;

/** `number` counts rows from 1; times are microseconds since 1970 UTC. */
export function passageColumns(dimension: number, attributes: readonly Attribute[]): TableColumn[] {
  return [
    { name: 'number', type: 'integer' },
    { name: 'passage', type: 'text', ...CODE_POINTS },
    { name: 'record', type: 'text', ...CODE_POINTS },
    { name: 'chunk', type: 'text', ...CODE_POINTS },
    { name: 'ordinal', type: 'integer' },
    { name: 'text', type: 'text' },
    { name: 'at', type: 'bigint', isNullable: true },
    { name: 'words', type: 'tsvector' },
    { name: 'length', type: 'integer' },
    { name: 'embedding', type: `vector(${dimension})` },
    ...attributes.map(
      ({ name, type }): TableColumn => ({
        name: attributeColumn(name),
        type: TYPES[type],
        ...(type === 'string' ? CODE_POINTS : {}),
        isNullable: true,
      }),
    ),
  ];
}

/** As CREATE TABLE has it. */
export function columnSql({ name, type, collation, isNullable }: TableColumn): string {
  const words = [name, type, collation, isNullable ? undefined : 'NOT NULL'];
  return words.filter((word) => word !== undefined).join(' ');
}

const SYSTEM_COLUMNS = new Map([
  ['_id', 'record'],
  ['_chunk', 'chunk'],
  ['_at', 'at'],
]);

/** The column of `passages_...` that has a column of the Delta table. */
export function columnOf(name: string): string {
  return SYSTEM_COLUMNS.get(name) ?? attributeColumn(name);
}

/** Numbers that an index of pgvector takes, of single and of half precision. */
const MOST_SINGLE = 2_000;
const MOST_HALF = 4_000;

/** A vector as the index has it; undefined for one that no index takes: then all are compared. */
export function indexedVector(
  vector: string,
  dimension: number,
): { sql: string; operators: string } | undefined {
  if (dimension <= MOST_SINGLE) return { sql: vector, operators: 'vector_ip_ops' };
  if (dimension > MOST_HALF) return undefined;
  return { sql: `${vector}::halfvec(${dimension})`, operators: 'halfvec_ip_ops' };
}
