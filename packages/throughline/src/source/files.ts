/** The files of a source: found by pattern, checked at the door, with a token that changes when they do. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, glob, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { SourceConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { isRemote } from '../lake/lake-path.ts';
import { type Compression, compressionOf } from './compressed.ts';
import { findRemote, type RemoteFile } from './remote-files.ts';

export interface SourceFile {
  path: string;
  /** Path relative to the config's folder with `/` between parts: stable when the project moves. */
  name: string;
  bytes: number;
  /** Absent of a file that is as it is. */
  compression?: Compression | undefined;
}

export interface SourceFiles {
  /** In order of their names. */
  files: SourceFile[];
  /**
   * Equal tokens mean that nothing was written since: names, sizes, inodes, times of change in nanoseconds, tags of objects. Undefined where nothing
   * can be told without reading.
   */
  token: string | undefined;
}

export function patternsOf({ path }: Pick<SourceConfig, 'path'>): readonly string[] {
  return path === undefined ? [] : [path].flat();
}

/** Throws with exit code 66 if a pattern finds nothing or a file is empty, 77 if one may not be read. */
export async function findFiles(patterns: readonly string[], directory: string): Promise<SourceFiles> {
  const paths = new Set<string>();
  const remote = new Map<string, RemoteFile>();
  for (const pattern of patterns) {
    if (isRemote(pattern)) for (const file of await findRemote(pattern)) remote.set(file.path, file);
    else for (const path of await expand(pattern, directory)) paths.add(path);
  }
  const files: SourceFile[] = [];
  const hash = createHash('sha256');
  for (const { etag, ...file } of [...remote.values()].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(JSON.stringify([file.path, `${file.bytes}`, etag]));
    files.push(file);
  }
  for (const path of [...paths].sort()) {
    const name = relative(directory, path).split(sep).join('/');
    const info = await stat(path, { bigint: true });
    await access(path, constants.R_OK).catch((cause) => {
      throw new ThroughlineError(`${name} may not be read by this user`, {
        code: 'source_permission',
        exitCode: EXIT.permission,
        hint: 'Give this user permission to read the file.',
        cause,
      });
    });
    hash.update(JSON.stringify([name, `${info.size}`, `${info.ino}`, `${info.mtimeNs}`, `${info.ctimeNs}`]));
    files.push({ path, name, bytes: Number(info.size), compression: compressionOf(name) });
  }
  if (files.every((file) => file.bytes === 0)) {
    throw noInput(
      `${files.map((file) => file.name).join(', ')}: the file is empty`,
      'Check the export that wrote it.',
    );
  }
  return { files: files.filter((file) => file.bytes > 0), token: hash.digest('hex') };
}

async function expand(pattern: string, directory: string): Promise<string[]> {
  const absolute = resolve(directory, pattern);
  const found = await stat(absolute).catch(() => undefined);
  if (found?.isDirectory()) {
    throw noInput(`${pattern} is a folder`, `Name the files in it: ${pattern.replace(/\/$/, '')}/*.csv`);
  }
  if (found) return [absolute];
  const paths: string[] = [];
  // The folder is not part of the pattern: its own name may hold brackets.
  for await (const match of glob(pattern, { cwd: directory, withFileTypes: true })) {
    const path = resolve(match.parentPath, match.name);
    if (match.isFile() || (match.isSymbolicLink() && (await isLinkToFile(path, pattern)))) paths.push(path);
  }
  if (paths.length === 0) throw noInput(`no file matches ${pattern}`, `The path starts at ${directory}.`);
  return paths;
}

async function isLinkToFile(path: string, pattern: string): Promise<boolean> {
  const target = await stat(path).catch(() => {
    throw noInput(
      `${path} is a link to a file that is not there`,
      `Mend or remove it: it matches ${pattern}.`,
    );
  });
  return target.isFile();
}

function noInput(message: string, hint: string): ThroughlineError {
  return new ThroughlineError(message, { code: 'source_missing', exitCode: EXIT.noInput, hint });
}
