/** A matrix of vectors, and a file that says whose they are. */

import { join } from 'node:path';
import { array, field, openPartWriter, quoteLiteral, quotePath, struct } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type ColumnNames, expressionsOf, findColumns } from './columns.ts';
import { type OpenFile, openFile, readable } from './file-side.ts';
import { openNpy } from './npy.ts';
import { type Role, type Side, selectList } from './side.ts';

export type IdsKind = 'txt' | 'csv' | 'jsonl' | 'parquet';

interface NpyOptions {
  path: string;
  /** One row for each vector, in their order; it may have more columns than the id. */
  ids: string;
  idsKind: IdsKind;
  /** Of the file of ids. */
  columns: ColumnNames;
}

/**
 * Both files are copied into the session once, a block in memory at a time. Throws with exit code 65 if there are not as
 * many ids as vectors.
 */
export async function openNpySide(
  session: Session,
  name: string,
  { path, ids, idsKind, columns: { vector: _, ...named } }: NpyOptions,
): Promise<Side> {
  const file = idsKind === 'txt' ? textLines(ids) : await openFile(session, ids, idsKind);
  const { vector: __, ...columns } = findColumns(ids, file.columns, named);
  const expressions = { ...expressionsOf(ids, file.columns, columns), vector: 'v.vector' };
  await using npy = await openNpy(path);
  const numbered = `(SELECT row_number() OVER () - 1 AS npy_row, * FROM ${file.sql})`;
  await readable(ids, session.query(`CREATE TABLE ${name}_ids AS SELECT * FROM ${numbered}`));
  const [counted] = await session.query(`SELECT count(*) AS rows FROM ${name}_ids`);
  if (Number(counted!.rows) !== npy.rows) throw notAsMany(path, npy.rows, ids, Number(counted!.rows));
  const vectors = await copyVectors(session, name, npy);
  const has = new Set<Role>([...(Object.keys(columns) as Role[]), 'vector']);
  return {
    path,
    kind: 'npy',
    level: has.has('passage') || has.has('ordinal') ? 'passages' : 'records',
    columns,
    has,
    rows: `(SELECT ${selectList(expressions)} FROM ${name}_ids JOIN ${vectors} AS v USING (npy_row))`,
    close: file.close,
  };
}

const SCHEMA = struct([field('npy_row', 'long'), field('vector', array('float'))]);

async function copyVectors(
  session: Session,
  name: string,
  npy: Awaited<ReturnType<typeof openNpy>>,
): Promise<string> {
  const root = session.directory;
  const writer = await openPartWriter({
    root,
    schema: SCHEMA,
    partitionColumns: [],
    partition: {},
    name: `${name}-vectors.parquet`,
  });
  try {
    let first = 0;
    for await (const vector of npy.blocks()) {
      const rows = vector.length / npy.columns;
      const npy_row = Array.from({ length: rows }, (_, i) => BigInt(first + i));
      await writer.append({ rows, columns: { npy_row, vector } });
      first += rows;
    }
    const files = (await writer.close()).map((part) => quoteLiteral(join(root, part.path)));
    return files.length === 0
      ? '(SELECT CAST(NULL AS BIGINT) AS npy_row, CAST(NULL AS FLOAT[]) AS vector WHERE false)'
      : `read_parquet([${files.join(', ')}])`;
  } finally {
    await writer.abort();
  }
}

/** An id a line. */
function textLines(path: string): OpenFile {
  const sql = `read_csv(${quotePath(path)}, columns = {'id': 'VARCHAR'}, header = false, auto_detect = false, delim = '\u0001', quote = '', escape = '')`;
  return { sql, columns: [{ name: 'id', type: 'VARCHAR' }], close: async () => {} };
}

function notAsMany(path: string, vectors: number, ids: string, rows: number): ThroughlineError {
  return new ThroughlineError(`${path} has ${vectors} vectors, ${ids} has ${rows} ids`, {
    code: 'ids_do_not_fit',
    exitCode: EXIT.badData,
    hint: 'The file of ids needs one row for each row of the matrix, in the same order.',
  });
}
