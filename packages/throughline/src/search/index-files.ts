/** The files of an index, by what is in them: a copy is sound, or it is not opened. */
import { readdir, stat, utimes } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileDigest } from '../file-digest.ts';

export interface IndexFile {
  /** Below the collection's folder, with `/`. */
  path: string;
  /** Bytes. */
  size: number;
  /** Hexadecimal. */
  sha256: string;
}

/** All files of a folder, by path. */
export async function listIndexFiles(folder: string): Promise<IndexFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const files: IndexFile[] = [];
  for (const path of paths) {
    const name = relative(folder, path).split(sep).join('/');
    files.push({ path: name, size: (await stat(path)).size, sha256: await fileDigest(path) });
  }
  return files;
}

/**
 * Whether a folder has these files, byte by byte. Files that were sealed, and not written to since, are taken at their
 * size: digests of a large index would cost more than the question.
 */
export async function isSound(folder: string, files: readonly IndexFile[]): Promise<boolean> {
  for (const { path, size, sha256 } of files) {
    const at = join(folder, path);
    const found = await stat(at).catch(() => undefined);
    if (found?.size !== size) return false;
    if (found.mtimeMs !== SEAL.getTime() && (await fileDigest(at)) !== sha256) return false;
  }
  return true;
}

/** The time of a file whose digest was right. Whoever writes to it changes that. */
const SEAL = new Date(Date.UTC(2001, 0, 1));

/**
 * For files that are sound. Zvec writes a few bytes into that of the vectors, also where it only reads: files are sealed
 * again when it has opened and when it has closed them.
 */
export async function seal(folder: string, files: readonly IndexFile[]): Promise<void> {
  for (const { path } of files) await utimes(join(folder, path), SEAL, SEAL);
}
