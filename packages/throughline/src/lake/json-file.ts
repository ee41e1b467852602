/** Small JSON files that are replaced as a whole: a reader sees the old one or the new one, also after a crash. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LakeDamagedError } from './errors.ts';

/** Undefined if there is no such file. Throws LakeDamagedError if it is not JSON. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new LakeDamagedError(`${path} is not JSON: ${(cause as Error).message}`, cause);
  }
}

export async function replaceJson(path: string, value: unknown): Promise<void> {
  const temporary = await writeTemporary(path, value);
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Writes the file unless there is one; returns what stands there afterwards. */
export async function createJson<T>(path: string, value: T): Promise<T> {
  const temporary = await writeTemporary(path, value);
  try {
    await link(temporary, path);
    await syncFolder(dirname(path));
    return value;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readJson<T>(path))!;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeTemporary(path: string, value: unknown): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, 'wx');
  try {
    await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
