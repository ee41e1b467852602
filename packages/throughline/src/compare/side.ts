/** One side of a comparison: a lake or a file, as SQL for the session that compares. */

/** What a column can be to a comparison. */
export const ROLES = ['id', 'passage', 'ordinal', 'chunk', 'text', 'vector', 'theme'] as const;
export type Role = (typeof ROLES)[number];

export type SideKind = 'lake' | 'delta' | 'parquet' | 'csv' | 'jsonl' | 'npy';

export interface Side {
  /** As the user named it. */
  path: string;
  kind: SideKind;
  /** Whether a row is a record or a passage of one. */
  level: 'records' | 'passages';
  /** Which column of a file was taken as what; a lake has its own names. */
  columns: Partial<Record<Role, string>>;
  has: ReadonlySet<Role>;
  /**
   * All rows as SQL in brackets, with the columns of ROLES; one that is not there is null. `vector` is FLOAT[] or
   * DOUBLE[], what is no number in it null.
   */
  rows: string;
  /** Of a lake. */
  lake?: LakeFacts;
  close(): Promise<void>;
}

export interface LakeFacts {
  /** Its records as SQL in brackets, with the columns id, chunk and text. */
  records: string;
  /** Two lakes with the same one name the chunk of the same row alike; none, if chunks say nothing about rows. */
  chunkRule: string | undefined;
  /** Rows that could not be processed, by reason. */
  deadLetters: Record<string, number>;
}

const TYPES: Readonly<Record<Exclude<Role, 'vector'>, string>> = {
  id: 'VARCHAR',
  passage: 'VARCHAR',
  ordinal: 'BIGINT',
  chunk: 'VARCHAR',
  text: 'VARCHAR',
  theme: 'VARCHAR',
};

/** The select list of a side's rows, of the expressions that it has. That of a vector has to have its type. */
export function selectList(expressions: Readonly<Partial<Record<Role, string>>>): string {
  return ROLES.map((role) => {
    const expression = expressions[role] ?? 'NULL';
    if (role === 'vector' && expressions.vector !== undefined) return `${expression} AS vector`;
    return `CAST(${expression} AS ${role === 'vector' ? 'FLOAT[]' : TYPES[role]}) AS ${role}`;
  }).join(', ');
}
