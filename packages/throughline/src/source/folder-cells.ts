/**
 * What stands in the names of folders, for rows of a DuckDB relation: a join on the path of the row's file. It does not keep the order of
 * rows, so they need their numbers before.
 */
import { quoteIdentifier, quoteLiteral } from '@throughline/delta';
import type { SourceFile } from './files.ts';
import { folderValues } from './partition-folders.ts';

/** A relation of the files: path, name, and those of the columns `inFolders` that their folders have, as a map. */
export function filesSql(files: readonly SourceFile[], inFolders: readonly string[]): string {
  const rows = files.map((file) => {
    const values = folderValues(file);
    const entries = inFolders
      .filter((column) => values.has(column))
      .map((column) => `${quoteLiteral(column)}: ${textOrNull(values.get(column))}`);
    return `(${quoteLiteral(file.path)}, ${quoteLiteral(file.name)}, MAP {${entries.join(', ')}}::MAP(VARCHAR, VARCHAR))`;
  });
  return `SELECT * FROM (VALUES ${rows.join(', ')}) AS f(path, name, folders)`;
}

function textOrNull(text: string | null | undefined): string {
  return text === null || text === undefined ? 'NULL' : quoteLiteral(text);
}

/** A column of rows `r` that are joined with their files `f`: by the folders of those that have it. */
export function cellSql(column: string, inFolders: readonly string[]): string {
  const cell = `r.${quoteIdentifier(column)}`;
  if (!inFolders.includes(column)) return cell;
  const name = quoteLiteral(column);
  return `CASE WHEN map_contains(f.folders, ${name}) THEN f.folders[${name}] ELSE ${cell} END`;
}
