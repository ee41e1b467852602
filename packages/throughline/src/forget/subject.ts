/** What a privacy request speaks of: records by their ids, and what the tables hold of them. */
import { readFile } from 'node:fs/promises';
import { type AddFile, type Condition, history, readChange, type Snapshot, scan } from '@throughline/delta';
import { openStore } from '@throughline/delta/store';
import { EXIT, ThroughlineError } from '../error.ts';
import { type Build, existingBuild } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { tableIfThere } from '../lake/table-if-there.ts';

export interface Subject {
  ids: ReadonlySet<string>;
  /** Ids of their passages. */
  passages: ReadonlySet<string>;
  /** Of their texts and passages, as the cache of vectors knows them; none that other records have, too. */
  hashes: ReadonlySet<string>;
  /** How these texts begin: at most BEGINNING characters of each. */
  texts: ReadonlySet<string>;
}

const BEGINNING = 64;

/** Throws with exit code 64 for what can be no id, 66 where the file is not there. */
export async function readIds(given: readonly string[], file: string | undefined): Promise<Set<string>> {
  const text = file === undefined ? '' : await readFile(file, 'utf8').catch((error) => noFile(file, error));
  const ids = new Set([...given, ...text.split(/\r?\n/).filter((line) => line !== '')]);
  if (ids.size === 0)
    throw usage('no id is given', 'Give some: --id 17 --id 18, or --ids FILE with one a line.');
  for (const id of ids)
    if (id === '' || id.includes('\0') || !id.isWellFormed()) throw usage('an id is empty or no text');
  return ids;
}

function usage(message: string, hint?: string): ThroughlineError {
  return new ThroughlineError(message, { code: 'usage', exitCode: EXIT.usage, ...(hint && { hint }) });
}

function noFile(file: string, cause: Error): never {
  throw new ThroughlineError(`${file} cannot be read: ${cause.message}`, {
    code: 'no_input',
    exitCode: EXIT.noInput,
    cause,
  });
}

/** All builds that are whole: one of which the tables are not all there was never published. */
export async function allBuilds(lake: Lake): Promise<Build[]> {
  const builds: Build[] = [];
  for (const digest of await openStore(lake.root).list('builds'))
    if (await tableIfThere(lakePath(lake.root, 'builds', digest, 'passages')))
      builds.push(await existingBuild(lake, digest));
  return builds;
}

/**
 * Of the tables as they are, and of all earlier files of theirs that are still there: what a stream has deleted before is known as well.
 * Memory: ids, hashes and beginnings of the records that are meant, and the names of files.
 */
export async function readSubject(builds: readonly Build[], ids: ReadonlySet<string>): Promise<Subject> {
  const [passages, hashes, texts] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const where = [whereIn('_id', ids)];
  for (const { tables } of builds)
    for (const table of ['records', 'passages'] as const) {
      const columns = ['_text', '_hash', ...(table === 'passages' ? ['_passage'] : [])];
      const files = await filesEver(tables[table]);
      for await (const row of rowsOf(tables[table], columns, where, files)) {
        if (row._text) texts.add([...row._text].slice(0, BEGINNING).join(''));
        if (row._hash) hashes.add(row._hash);
        if (row._passage) passages.add(row._passage);
      }
    }
  for (const { tables } of builds)
    for await (const row of rowsOf(tables.passages, ['_id', '_hash'], [whereIn('_hash', hashes)]))
      if (!ids.has(row._id!)) hashes.delete(row._hash!);
  return { ids, passages, hashes, texts };
}

/** All that the log names and that is on the disk. */
async function filesEver(snapshot: Snapshot): Promise<AddFile[]> {
  const there = new Set<string>();
  for await (const { path } of openStore(snapshot.root).walk('')) there.add(path);
  const files = new Map((await snapshot.files()).map((file) => [file.path, file]));
  for (const { version } of await history(snapshot.root))
    for (const file of (await readChange(snapshot.root, version))?.added ?? [])
      if (!files.has(file.path) && there.has(decodeURIComponent(file.path))) files.set(file.path, file);
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function whereIn(column: string, values: Iterable<string>): Condition {
  return { column, op: 'in', values: [...values] };
}

/** Columns of texts, row by row. */
export async function* rowsOf(
  snapshot: Snapshot,
  columns: string[],
  where: readonly Condition[],
  files?: readonly AddFile[],
): AsyncGenerator<Record<string, string | null>> {
  for await (const batch of scan(snapshot, { columns, where, ...(files && { files }) }))
    for (let row = 0; row < batch.rows; row++)
      yield Object.fromEntries(columns.map((name) => [name, batch.columns[name]![row] as string | null]));
}
