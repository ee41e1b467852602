/** What stands in the names of folders, for rows of Spark: a join on the path of the row's file. */
import type { SourceFile } from '../../source/files.ts';
import { folderValues } from '../../source/partition-folders.ts';
import { sparkString } from './sql.ts';

/** path, file (its name), ord, and those of the columns `inFolders` that its folders have, as a map; one row of nothing without files. */
export function filesSql(files: readonly SourceFile[], inFolders: readonly string[]): string {
  const rows = files.map((file, ord) => {
    const place = `${sparkString(file.path)}, ${sparkString(file.name)}, ${ord}`;
    return `(${place}, ${mapSql(file, inFolders)})`;
  });
  const values = rows.length > 0 ? rows.join(', ') : "('', '', 0, NULL)";
  return `SELECT * FROM VALUES ${values} AS f(path, file, ord, folders)`;
}

function mapSql(file: SourceFile, inFolders: readonly string[]): string {
  const values = folderValues(file);
  const entries = inFolders
    .filter((column) => values.has(column))
    .map((column) => `${sparkString(column)}, ${textOrNull(values.get(column))}`);
  return `CAST(map(${entries.join(', ')}) AS MAP<STRING, STRING>)`;
}

function textOrNull(text: string | null | undefined): string {
  return text === null || text === undefined ? 'CAST(NULL AS STRING)' : sparkString(text);
}

/** The column `name`, which is called `column` in the rows `s` that are joined with their files `f`: by the folders of those that have it. */
export function cellSql(name: string, column: string, inFolders: readonly string[]): string {
  if (!inFolders.includes(name)) return `s.${column}`;
  const key = sparkString(name);
  return `CASE WHEN map_contains_key(f.folders, ${key}) THEN f.folders[${key}] ELSE s.${column} END AS ${column}`;
}
