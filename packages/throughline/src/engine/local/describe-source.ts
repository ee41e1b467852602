/** What columns a source has, before anything of it is read. */
import { deltaColumns, openDeltaSource, versionOf } from '../../source/delta-table.ts';
import { columnsNow } from '../../source/postgres/columns-now.ts';
import { fileColumns } from '../../source/relation.ts';
import { fetchFiles } from '../../source/remote-files.ts';
import { columnsOfFiles, type FileColumns, type SourceColumn } from '../../source/source-columns.ts';
import { asUtf8 } from '../../source/transcode.ts';
import type { Described } from '../engine.ts';
import type { Session } from './session.ts';

/** Undefined where its format has none of its own. Throws as reading it does: 65 for what is no such file, 66 where there is nothing. */
export async function describeSource(
  session: Pick<Session, 'query' | 'directory'>,
  { config: { source }, files: found, directory }: Described,
  signal?: AbortSignal,
): Promise<SourceColumn[] | undefined> {
  if (source.type === 'delta') {
    const version = versionOf(found) ?? source.version;
    return deltaColumns(await openDeltaSource({ ...source, version }, directory));
  }
  if (source.type === 'postgres') return await columnsNow(source, signal);
  if (source.type !== 'csv' && source.type !== 'parquet') return undefined;
  await using fetched = await fetchFiles(found.files);
  // The head of a CSV is enough, and the footer of a Parquet file is its end.
  const files =
    source.type === 'csv' ? fetched.files : await asUtf8(fetched.files, 'utf-8', session.directory);
  const columns: FileColumns[] = [];
  for (const file of files) columns.push(await fileColumns(source, file, session.query));
  return columnsOfFiles(columns);
}
