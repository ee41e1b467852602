/** Reading: the files of the source as a table of texts, where every row has its place in source order. */
import { quoteIdentifier, quoteLiteral } from '@throughline/delta';
import { EXIT, ThroughlineError } from '../../error.ts';
import type { Prepared } from '../../run/prepare.ts';
import type { SourceFile } from '../../source/files.ts';
import { cellSql, filesSql } from '../../source/folder-cells.ts';
import { requiredColumns } from '../../source/mapping.ts';
import { OWN } from '../../source/own-columns.ts';
import { askedFiles, columnsInFolders } from '../../source/partition-folders.ts';
import { requireKeys } from '../../source/relation.ts';
import type { SourceColumn } from '../../source/source-columns.ts';
import { openSource } from './open-source.ts';
import { collectRejects } from './rejects.ts';
import type { Session } from './session.ts';

/** DuckDB sets a batch of every column aside, several times over, used or not; used are the bytes of the rows. */
export const COLUMN_BYTES = 128 * 1024;

export interface ReadSource {
  /** Of `raw` and `rejects` together. */
  rows: number;
  columns: SourceColumn[] | undefined;
}

/** Makes the tables `raw` (OWN.row, OWN.file, columns) and `rejects`. */
export async function readSource(
  session: Session,
  { config, files: source, directory }: Pick<Prepared, 'config' | 'files' | 'directory'>,
  columns: readonly string[],
  signal?: AbortSignal,
): Promise<ReadSource> {
  await using opened = await openSource(session, { config, files: source, directory }, columns, signal);
  const { files } = opened;
  await session.reserve(opened.width * COLUMN_BYTES);
  const inFolders = columnsInFolders(files, columns);
  await session.query(`CREATE TABLE files AS ${filesSql(files, inFolders)}`);
  const raw = config.source.type === 'jsonl' ? OWN.raw : `NULL::VARCHAR AS ${OWN.raw}`;
  const names = columns.map((column) => quoteIdentifier(column));
  const cells = columns.map((column, i) => `${cellSql(column, inFolders)} AS ${names[i]}`);
  await session.query(
    `CREATE TABLE read AS SELECT row_number() OVER () AS ${OWN.row}, ${OWN.file}, ${raw}, ${names.join(', ')} FROM (${opened.sql})`,
  );
  await session.query(
    `CREATE TABLE raw AS SELECT r.${OWN.row}, f.name AS ${OWN.file}, ${cells.join(', ')} FROM read r JOIN files f ON f.path = r.${OWN.file} WHERE r.${OWN.raw} IS NULL ORDER BY r.${OWN.row}`,
  );
  await collectRejects(session, config);
  const rows = await countRows(session);
  if (config.source.type === 'jsonl' && rows.raw > 0)
    await requireFilled(session, files, requiredColumns(config.source, columns));
  await session.query('DROP TABLE malformed');
  await session.query('DROP TABLE read');
  return { rows: rows.raw + rows.rejects, columns: opened.columns };
}

/** Every row that was read is a row, a reject or a blank line: a path that was taken for another would lose rows. */
async function countRows(session: Session): Promise<{ raw: number; rejects: number }> {
  const [rows] = await session.query(`SELECT (SELECT count(*) FROM raw)::DOUBLE AS raw,
    (SELECT count(*) FROM rejects)::DOUBLE AS rejects, (SELECT count(*) FROM malformed)::DOUBLE AS malformed,
    (SELECT count(*) FROM read)::DOUBLE AS read, (SELECT count(*) FROM read WHERE ${OWN.raw} = '')::DOUBLE AS blank`);
  const { raw, rejects, malformed, read, blank } = rows as Record<string, number>;
  if (raw! + rejects! - malformed! + blank! !== read!) {
    throw new ThroughlineError(`${read} rows were read, but ${raw} are staged and ${rejects} rejected`, {
      code: 'internal',
      exitCode: EXIT.internal,
      hint: 'This is a defect: please report it with the names of the files of the source.',
    });
  }
  return { raw: raw!, rejects: rejects! };
}

/** Columns without any value may be misspelt; only for them the lines are read again. */
async function requireFilled(
  session: Session,
  files: readonly SourceFile[],
  columns: readonly string[],
): Promise<void> {
  for (const asked of askedFiles(files, columns)) {
    const counts = asked.columns.map((column, i) => `count(${quoteIdentifier(column)})::DOUBLE AS c${i}`);
    const [filled] = await session.query(
      `SELECT count(*)::DOUBLE AS rows, ${counts.join(', ')} FROM raw ${inFiles(asked.files, files)}`,
    );
    const empty = asked.columns.filter((_, i) => filled!.rows !== 0 && filled![`c${i}`] === 0);
    if (empty.length > 0) await requireKeys(asked.files, empty, session.query);
  }
}

function inFiles(files: readonly SourceFile[], all: readonly SourceFile[]): string {
  if (files.length === all.length) return '';
  return `WHERE ${OWN.file} IN (${files.map(({ name }) => quoteLiteral(name)).join(', ')})`;
}
