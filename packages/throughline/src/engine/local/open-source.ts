/** A source as a relation of DuckDB, whatever it is; what had to be fetched for that lies in the session's folder. */
import { quoteIdentifier } from '@throughline/delta';
import { EXIT, ThroughlineError } from '../../error.ts';
import type { Prepared } from '../../run/prepare.ts';
import { deltaRelation, openDeltaSource, versionOf } from '../../source/delta-table.ts';
import type { SourceFile } from '../../source/files.ts';
import { FILE_NAME } from '../../source/own-columns.ts';
import { copyRows } from '../../source/postgres/copy-rows.ts';
import { type SourceRelation, sourceRelation } from '../../source/relation.ts';
import { fetchFiles } from '../../source/remote-files.ts';
import { asUtf8 } from '../../source/transcode.ts';
import type { Session } from './session.ts';

export interface OpenSource extends SourceRelation, AsyncDisposable {
  /** By the path that the relation says; of what is no file one without a path. */
  files: SourceFile[];
}

/** In source order; the rows of a table, which have none, in that of their content. */
export async function openSource(
  session: Session,
  { config: { source }, files: found, directory }: Pick<Prepared, 'config' | 'files' | 'directory'>,
  wanted: readonly string[],
  signal?: AbortSignal,
): Promise<OpenSource> {
  if (source.type === 'delta') {
    const version = versionOf(found) ?? source.version;
    const snapshot = await openDeltaSource({ ...source, version }, directory);
    const { sql, columns, close } = await deltaRelation(source, snapshot, wanted);
    return { ...asTable(sql, wanted), columns, [Symbol.asyncDispose]: close };
  }
  if (source.type === 'postgres') {
    const { sql, columns } = await copyRows(source, wanted, { directory: session.directory, signal });
    return { ...asTable(sql, wanted), columns, [Symbol.asyncDispose]: nothing };
  }
  if (source.type === 'kafka') throw noPlan(source.topic!);
  const fetched = await fetchFiles(found.files);
  const close = () => fetched[Symbol.asyncDispose]();
  try {
    const files = await asUtf8(fetched.files, source.encoding, session.directory);
    const relation = await sourceRelation(source, files, wanted, session.query);
    return { ...relation, files, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A run follows it; only who asks what a run would do comes here. */
function noPlan(topic: string): ThroughlineError {
  return new ThroughlineError(
    `the topic ${topic} has no plan: it is followed, and not cut into chunks before`,
    {
      code: 'source_has_no_plan',
      exitCode: EXIT.config,
      hint: 'throughline doctor asks for the topic, throughline status shows the position of each partition.',
    },
  );
}

const nothing = async () => {};

function asTable(sql: string, wanted: readonly string[]): Pick<OpenSource, 'sql' | 'width' | 'files'> {
  const columns = wanted.map((name) => quoteIdentifier(name)).join(', ');
  return {
    sql: `SELECT '' AS ${quoteIdentifier(FILE_NAME)}, ${columns} FROM ${sql} AS r ORDER BY ${columns}`,
    width: wanted.length,
    files: [{ path: '', name: '', bytes: 0 }],
  };
}
