/** Vectors as a matrix of NumPy (NEP 1), and whose they are as CSV beside it, in the same order. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { quoteIdentifier, quotePath } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { ExportedRows } from './exported-rows.ts';

const VECTOR = '_embedding';

/** The file of ids that belongs to a matrix. */
export function idsPath(path: string): string {
  return path.replace(/(\.npy)?$/, '.ids.csv');
}

/** Gives the number of rows. Memory: a batch of 2,048 rows. Throws with exit code 65 where vectors are of several lengths. */
export async function writeNpy(
  session: Session,
  { sql, columns }: ExportedRows,
  { path, ids }: { path: string; ids: string },
): Promise<number> {
  const others = columns.filter(({ name }) => name !== VECTOR).map(({ name }) => quoteIdentifier(name));
  if (others.length === columns.length) throw noVectors();
  await session.query(
    `CREATE TABLE exported AS SELECT row_number() OVER () AS row_of_matrix, * FROM (${sql})`,
  );
  const [shape] = await session.query(
    `SELECT count(*)::DOUBLE AS rows, coalesce(min(len(${VECTOR})), 0)::DOUBLE AS least, coalesce(max(len(${VECTOR})), 0)::DOUBLE AS most, count(*) FILTER (WHERE ${VECTOR} IS NULL)::DOUBLE AS missing FROM exported`,
  );
  const { rows, least, most, missing } = shape as Record<'rows' | 'least' | 'most' | 'missing', number>;
  if (least !== most || missing > 0) throw notOneLength(least, most, missing);
  const matrix = async function* () {
    yield header(rows, most);
    for await (const part of session.stream(`SELECT ${VECTOR} FROM exported ORDER BY row_of_matrix`)) {
      const numbers = new Float32Array(part.length * most);
      part.forEach(([list], i) => {
        numbers.set((list as { items: readonly number[] }).items, i * most);
      });
      yield Buffer.from(numbers.buffer);
    }
  };
  await pipeline(Readable.from(matrix()), createWriteStream(path));
  await session.query(
    `COPY (SELECT ${others.join(', ') || 'row_of_matrix'} FROM exported ORDER BY row_of_matrix) TO ${quotePath(ids)} (FORMAT csv, HEADER)`,
  );
  await session.query('DROP TABLE exported');
  return rows;
}

/** Version 1.0, padded so that the numbers begin at a multiple of 64 bytes. */
function header(rows: number, columns: number): Buffer {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, length & 0xff, length >> 8]);
  return Buffer.concat([start, Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1')]);
}

function noVectors(): ThroughlineError {
  return new ThroughlineError(`a matrix is made of ${VECTOR}, which is not among the columns`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: `Only passages have it: throughline export passages --columns _passage,${VECTOR} --output vectors.npy`,
  });
}

function notOneLength(least: number, most: number, missing: number): ThroughlineError {
  return new ThroughlineError(
    missing > 0
      ? `${missing} rows have no vector`
      : `vectors have ${least} to ${most} numbers, which makes no matrix`,
    { code: 'bad_vectors', exitCode: EXIT.badData, hint: 'Export Parquet or Arrow instead.' },
  );
}
