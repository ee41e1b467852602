/** Columns of JSON lines are keys of their objects: one that no line has is misspelt, and must not become dead letters. */
import type { Prepared } from '../../run/prepare.ts';
import type { SourceFile } from '../../source/files.ts';
import { requiredColumns } from '../../source/mapping.ts';
import { type AskedFiles, askedFiles } from '../../source/partition-folders.ts';
import { refuseMissingKeys } from '../../source/relation.ts';
import type { SparkSession } from './cluster.ts';
import { type SourceColumns, sourceColumns } from './columns.ts';
import { optionText, patterns } from './options.ts';
import { sparkString } from './sql.ts';

/** Lines that are looked at first: most columns are in them, and nothing else has to be read. */
const FIRST_LINES = 1_000;

/** Throws with exit code 78 if no line has one of the columns as a key, not even with null. Needs the view `tl_raw`. */
export async function requireFilled(
  cluster: SparkSession,
  { config, mapping, files }: Prepared,
): Promise<void> {
  const columns = sourceColumns(config, mapping);
  const required = requiredColumns(config.source, columns.names);
  for (const asked of askedFiles(files.files, required)) {
    const empty = await emptyColumns(cluster, asked, { columns, files: files.files });
    if (empty.length > 0) await requireKeys(cluster, asked.files, empty);
  }
}

/** Those that are null in every row of the files that have to hold them. */
async function emptyColumns(
  cluster: SparkSession,
  asked: AskedFiles,
  { columns, files }: { columns: SourceColumns; files: readonly SourceFile[] },
): Promise<string[]> {
  const places = asked.files.map((file) => files.indexOf(file));
  const rows =
    places.length === files.length ? 'tl_raw' : `(SELECT * FROM tl_raw WHERE ord IN (${places.join(', ')}))`;
  let empty = asked.columns.map((name) => ({ name, column: columns.of(name) }));
  for (const lines of [`(SELECT * FROM ${rows} LIMIT ${FIRST_LINES})`, rows]) {
    if (empty.length === 0) break;
    const [filled] = await cluster.rows(
      `SELECT ${empty.map(({ column }) => `count(${column}) AS ${column}`)} FROM ${lines}`,
    );
    empty = empty.filter(({ column }) => Number(filled![column]) === 0);
  }
  return empty.map(({ name }) => name);
}

async function requireKeys(
  cluster: SparkSession,
  files: readonly SourceFile[],
  wanted: readonly string[],
): Promise<void> {
  const views = patterns(files).map(({ pattern }, i) => ({ pattern, name: `tl_lines_${i}` }));
  for (const { pattern, name } of views)
    await cluster.execute(
      `CREATE OR REPLACE TEMPORARY VIEW ${name} (line STRING) USING text OPTIONS (path ${optionText(pattern)}, lineSep '\\n')`,
    );
  const lines = views.map(({ name }) => `SELECT line FROM ${name}`).join(' UNION ALL ');
  const found = wanted.map(
    (name, i) => `coalesce(bool_or(array_contains(keys, ${sparkString(name)})), false) AS k${i}`,
  );
  const keys = `SELECT json_object_keys(line) AS keys FROM (${lines})`;
  const [exists] = await cluster.rows(`SELECT ${found.join(', ')} FROM (${keys})`);
  const missing = wanted.filter((_, i) => !exists![`k${i}`]);
  if (missing.length === 0) return;
  const there = await cluster.rows(
    `SELECT DISTINCT explode(keys) AS key FROM (${keys} LIMIT 100) ORDER BY key`,
  );
  refuseMissingKeys(
    files,
    there.map(({ key }) => String(key)),
    missing,
  );
}
