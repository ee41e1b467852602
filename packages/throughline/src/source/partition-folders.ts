/**
 * Columns that stand in the names of folders, as Hive, Spark and DuckDB write them: every row of
 * `country=fr/day=2024-01-31/part-0.parquet` has the country `fr`. Pure.
 */
import type { SourceFile } from './files.ts';
import type { FileColumns } from './source-columns.ts';

/** By column; null where the folder says that there is no value. */
export type FolderValues = ReadonlyMap<string, string | null>;

/** What writers put where a value is null, and Spark also where it is an empty text. */
const NO_VALUE = '__HIVE_DEFAULT_PARTITION__';

/** What the folders in a file's name say: all of them, and of two of one name the one that is nearer to the file. */
export function folderValues({ name }: Pick<SourceFile, 'name'>): FolderValues {
  const values = new Map<string, string | null>();
  for (const folder of name.split('/').slice(0, -1)) {
    const at = folder.indexOf('=');
    if (at < 1) continue;
    const value = folder.slice(at + 1);
    values.set(decoded(folder.slice(0, at)), value === NO_VALUE ? null : decoded(value));
  }
  return values;
}

/** `%3A` is a colon; what is no UTF-8 stays as it is, and so does U+0000, which no SQL can hold. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      const characters = decodeURIComponent(bytes);
      return characters.includes('\0') ? bytes : characters;
    } catch {
      return bytes;
    }
  });
}

/** The columns of a file together with those of its folders, which are texts and stand for any of the same name within the file. */
export function withFolderColumns(
  file: Pick<SourceFile, 'name'>,
  columns: FileColumns,
  type?: string,
): FileColumns {
  const names = [...folderValues(file).keys()];
  const own = columns.filter(({ name }) => !names.includes(name));
  return [...own, ...names.map((name) => ({ name, ...(type !== undefined && { type }) }))];
}

/** All columns that the folders of at least one file have. */
export function folderColumns(files: readonly SourceFile[]): Set<string> {
  return new Set(files.flatMap((file) => [...folderValues(file).keys()]));
}

/** Those of them that are wanted. */
export function columnsInFolders(files: readonly SourceFile[], wanted: readonly string[]): string[] {
  const found = folderColumns(files);
  return wanted.filter((column) => found.has(column));
}

/** Those of the wanted columns that at least one file has to hold itself, for its folders do not. */
export function columnsInFiles(files: readonly SourceFile[], wanted: readonly string[]): string[] {
  const values = files.map(folderValues);
  return wanted.filter((column) => values.some((folders) => !folders.has(column)));
}

export interface AskedFiles {
  files: readonly SourceFile[];
  columns: readonly string[];
}

/** Which files have to hold which columns: those whose folders do not. */
export function askedFiles(files: readonly SourceFile[], wanted: readonly string[]): AskedFiles[] {
  const inFolders = columnsInFolders(files, wanted);
  const columns = wanted.filter((column) => !inFolders.includes(column));
  const rest = inFolders.map((column) => ({
    files: files.filter((file) => !folderValues(file).has(column)),
    columns: [column],
  }));
  return [{ files, columns }, ...rest].filter((asked) => asked.files.length * asked.columns.length > 0);
}
