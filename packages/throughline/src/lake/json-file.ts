/** Small JSON files that are replaced as a whole: a reader sees the old one or the new one, also after a crash. */
import { openStore } from '@throughline/delta/store';
import { LakeDamagedError } from './errors.ts';
import { splitPath } from './lake-path.ts';

/** Undefined if there is no such file. Throws LakeDamagedError if it is not JSON. */
export async function readJson<T>(location: string): Promise<T | undefined> {
  const { folder, name } = splitPath(location);
  const text = await openStore(folder).read(name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new LakeDamagedError(`${location} is not JSON: ${(cause as Error).message}`, cause);
  }
}

export async function replaceJson(location: string, value: unknown): Promise<void> {
  const { folder, name } = splitPath(location);
  await openStore(folder).replace(name, textOf(value));
}

/** Writes the file unless there is one; returns what stands there afterwards. */
export async function createJson<T>(location: string, value: T): Promise<T> {
  const there = await readJson<T>(location);
  if (there !== undefined) return there;
  const { folder, name } = splitPath(location);
  const isOurs = await openStore(folder).putIfAbsent(name, textOf(value));
  return isOurs ? value : (await readJson<T>(location))!;
}

/** Takes the file away; it need not be there. */
export async function removeJson(location: string): Promise<void> {
  const { folder, name } = splitPath(location);
  await openStore(folder).remove(name);
}

function textOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
