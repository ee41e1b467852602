/** What columns a source has, as far as describing it says so: names, and types where the format has them. */

export interface SourceColumn {
  name: string;
  /** By one word on every engine; absent where the format has no types. */
  type?: string;
  /** Only some of the files have it. */
  partial?: true;
  /** Of a field of messages: which share of them had a value there. */
  share?: number;
  /** Of a field of messages: when they last had it no longer, in milliseconds since 1970 UTC. */
  awayAt?: number;
}

/**
 * Whether a record can have its values as texts, and under that name: not what has parts or is binary, nor what is called like one of the others
 * but for case, which not every reader tells apart.
 */
export function canBeAttribute(
  { name, type = 'string' }: SourceColumn,
  others: readonly Pick<SourceColumn, 'name'>[],
): boolean {
  const hasText = type.split(' | ').every((one) => !/^(nested|binary|bytea)$|\[\]$/.test(one));
  const folded = name.toLowerCase();
  return hasText && !others.some((other) => other.name !== name && other.name.toLowerCase() === folded);
}

/** Columns of one file, or of files that are alike. */
export type FileColumns = readonly Pick<SourceColumn, 'name' | 'type'>[];

/** The columns of all files together, by name; of several types those in their order, joined with ` | `. */
export function columnsOfFiles(files: readonly FileColumns[]): SourceColumn[] {
  const found = new Map<string, { types: Set<string>; files: number }>();
  for (const columns of files)
    for (const { name, type } of columns) {
      const column = found.get(name) ?? { types: new Set<string>(), files: 0 };
      if (type !== undefined) column.types.add(type);
      column.files++;
      found.set(name, column);
    }
  return [...found]
    .map(
      ([name, { types, files: having }]): SourceColumn => ({
        name,
        ...(types.size > 0 && { type: [...types].sort().join(' | ') }),
        ...(having < files.length && { partial: true }),
      }),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const DUCKDB_TYPES: Record<string, string> = {
  VARCHAR: 'string',
  BLOB: 'binary',
  TINYINT: 'byte',
  SMALLINT: 'short',
  INTEGER: 'integer',
  BIGINT: 'long',
  'TIMESTAMP WITH TIME ZONE': 'timestamp',
  TIMESTAMP: 'timestamp_ntz',
  TIMESTAMP_NS: 'timestamp_ntz',
};

/** Spark's word for a type of DuckDB; of what has parts only that it has. */
export function typeOfDuckDb(type: string): string {
  if (/^(STRUCT|MAP|UNION)\(|\]$/.test(type)) return 'nested';
  return DUCKDB_TYPES[type] ?? type.toLowerCase();
}

/** A type as Delta and Spark write it. */
export function typeOfSpark(type: unknown): string {
  return typeof type === 'string' ? type : 'nested';
}
