/** One table of the lake as one file for other tools. */
import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { quotePath } from '@throughline/delta';
import { openSession, type Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { isThere } from '../is-there.ts';
import type { Lake } from '../lake/lake.ts';
import type { ExportFormat } from './choices.ts';
import { type ExportedRows, type ExportSelection, exportedRows } from './exported-rows.ts';
import { idsPath, writeNpy } from './write-npy.ts';

export interface ExportOptions extends ExportSelection {
  format: ExportFormat;
  /** `-`: `stdout`, of csv and jsonl. */
  output: string;
  stdout: Writable;
  force?: boolean | undefined;
}

export interface Exported {
  table: string;
  /** Version of the table. */
  version: number;
  format: ExportFormat;
  /** The file; of npy also that with the ids. */
  files: string[];
  rows: number;
  columns: string[];
}

const COPY: Record<'parquet' | 'csv' | 'jsonl', string> = {
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  csv: 'FORMAT csv, HEADER',
  jsonl: 'FORMAT json',
};

/**
 * Writes the file beside its place and moves it there when it is whole. Memory: DuckDB's, which sorts on disk. Throws with exit code 73 where
 * the file is there already or cannot be written.
 */
export async function exportTable(
  lake: Lake,
  { format, output, stdout, force, ...selection }: ExportOptions,
): Promise<Exported> {
  const files = format === 'npy' ? [output, idsPath(output)] : [output];
  const streamed = output === '-' ? streamFormat(format) : undefined;
  for (const file of files) if (!streamed && !force && (await isThere(file))) throw alreadyThere(file);
  await using session = await openSession();
  await using exported = await exportedRows(lake, selection);
  const { version, columns } = exported;
  const rows = streamed
    ? await send(session, exported, streamed, stdout)
    : await writeAside(files, (paths) => write(session, exported, format, paths));
  return { table: selection.table, version, format, files, rows, columns: columns.map(({ name }) => name) };
}

/** By way of a file of the session: a pipe cannot be opened by its name everywhere. */
async function send(
  session: Session,
  exported: ExportedRows,
  format: 'csv' | 'jsonl',
  stdout: Writable,
): Promise<number> {
  const path = join(session.directory, 'exported');
  const rows = await copy(session, exported, format, path);
  // Who has seen enough closes the pipe.
  await pipeline(createReadStream(path), stdout, { end: false }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return rows;
}

async function write(
  session: Session,
  exported: ExportedRows,
  format: ExportFormat,
  paths: string[],
): Promise<number> {
  if (format === 'npy') return await writeNpy(session, exported, { path: paths[0]!, ids: paths[1]! });
  if (format !== 'arrow') return await copy(session, exported, format, paths[0]!);
  const { writeArrow } = await import('./write-arrow.ts');
  return await writeArrow(session, exported, paths[0]!);
}

async function copy(
  session: Session,
  { sql }: ExportedRows,
  format: keyof typeof COPY,
  path: string,
): Promise<number> {
  const [copied] = await session.query(`COPY (${sql}) TO ${quotePath(path)} (${COPY[format]})`);
  return Number(copied!.Count);
}

/** Nobody finds a file that is not whole. */
async function writeAside(
  files: readonly string[],
  make: (paths: string[]) => Promise<number>,
): Promise<number> {
  const aside = files.map((file) => `${file}.${process.pid}.part`);
  try {
    const rows = await make(aside);
    for (const [i, file] of files.entries()) await rename(aside[i]!, file);
    return rows;
  } catch (cause) {
    for (const path of aside) await rm(path, { force: true });
    throw cannotWrite(files[0]!, cause);
  }
}

function cannotWrite(file: string, cause: unknown): unknown {
  const { message } = cause as Error;
  if (
    cause instanceof ThroughlineError ||
    !/EACCES|ENOENT|ENOSPC|EROFS|EISDIR|Cannot open file|No space/i.test(message)
  )
    return cause;
  return new ThroughlineError(`${file} cannot be written: ${message.split('\n')[0]}`, {
    code: 'cannot_write',
    exitCode: EXIT.cannotWrite,
    hint: 'Choose another place for it: --output FILE',
    cause,
  });
}

function alreadyThere(file: string): ThroughlineError {
  return new ThroughlineError(`${file} is there already`, {
    code: 'file_exists',
    exitCode: EXIT.cannotWrite,
    hint: 'Choose another name, or write over it: --force',
  });
}

/** Of formats that a reader can take from a pipe. */
function streamFormat(format: ExportFormat): 'csv' | 'jsonl' {
  if (format === 'csv' || format === 'jsonl') return format;
  throw new ThroughlineError(`${format} cannot be written to standard output`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: 'Name a file, or choose csv or jsonl.',
  });
}
