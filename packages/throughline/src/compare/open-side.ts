/** What A and B can be, told by what is there. */
import { glob, readdir, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { readJson } from '../lake/json-file.ts';
import { isRemote, lakePath, lakeRootOf } from '../lake/lake-path.ts';
import type { ColumnNames } from './columns.ts';
import { openFileSide } from './file-side.ts';
import { openLakeSide, type RecordedSide } from './lake-side.ts';
import { type IdsKind, openNpySide } from './npy-side.ts';
import type { Side, SideKind } from './side.ts';

export interface SideOptions {
  /** Columns of files. */
  columns: ColumnNames;
  /** Of .npy: the file with a row of ids for each vector. */
  ids?: string | undefined;
  /** Of a lake: the build, unless it is the promoted one with its themes. */
  build?: string | undefined;
  recorded?: RecordedSide | undefined;
}

/** Opens one side; `name` makes its tables in the session. Throws with exit code 66 if it is not there, 65 if it cannot be read. */
export async function openSide(
  session: Session,
  name: string,
  path: string,
  { columns, ids, build, recorded }: SideOptions,
): Promise<Side> {
  const kind = await kindOf(path);
  if (kind === 'lake') return openLakeSide(path, build, recorded);
  if (kind !== 'npy') return openFileSide(session, path, kind, columns);
  if (ids !== undefined)
    return openNpySide(session, name, { path, ids, idsKind: await kindOfIds(ids), columns });
  throw new ThroughlineError(`${path} has vectors, but does not say whose they are`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: 'Name a file with the id of each row: --ids ids.csv.',
  });
}

const ENDINGS: Readonly<Record<string, SideKind>> = {
  '.parquet': 'parquet',
  '.pq': 'parquet',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.npy': 'npy',
};

async function kindOf(path: string): Promise<SideKind> {
  if (isRemote(path))
    return (await readJson(lakePath(lakeRootOf('.', path), 'pipeline.json'))) ? 'lake' : 'delta';
  if ((await statOf(path)).isDirectory()) return kindOfFolder(path);
  const kind = ENDINGS[extname(path).toLowerCase()];
  if (kind !== undefined) return kind;
  throw new ThroughlineError(`${path}: the ending says the format, and this one is unknown`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: `Name a lake, a Delta table, or a file that ends in ${Object.keys(ENDINGS).join(', ')}.`,
  });
}

/** Rows in an order: files that have one. */
async function kindOfIds(path: string): Promise<IdsKind> {
  await statOf(path);
  const ending = extname(path).toLowerCase();
  const kind = ending === '.txt' ? 'txt' : ENDINGS[ending];
  if (kind === 'txt' || kind === 'csv' || kind === 'jsonl' || kind === 'parquet') return kind;
  throw new ThroughlineError(`--ids ${path}: ids are read from a file with one row for each vector`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: 'Name a file that ends in .txt (an id a line), .csv, .tsv, .jsonl or .parquet.',
  });
}

async function kindOfFolder(path: string): Promise<SideKind> {
  const names = await readdir(path);
  if (names.includes('pipeline.json')) return 'lake';
  if (names.includes('_delta_log')) return 'delta';
  for await (const _ of glob('**/*.parquet', { cwd: path })) return 'parquet';
  throw new ThroughlineError(`${path} is neither a lake nor a table`, {
    code: 'input_missing',
    exitCode: EXIT.noInput,
    hint: 'A lake has a pipeline.json, a Delta table a _delta_log, any other table files that end in .parquet.',
  });
}

async function statOf(path: string) {
  return stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw cause;
    throw new ThroughlineError(`there is no file or folder ${path}`, {
      code: 'input_missing',
      exitCode: EXIT.noInput,
      hint: 'Check the path.',
      cause,
    });
  });
}
