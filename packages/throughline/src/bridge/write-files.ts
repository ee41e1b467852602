import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asThroughlineError, EXIT, ThroughlineError } from '../error.ts';
import { isThere } from '../is-there.ts';
import { KIT, type TextFile } from './program-text.ts';

/** Throws with exit code 73 where one of the files is there, before any is written. */
export async function refuseExisting(folder: string, files: readonly TextFile[]): Promise<void> {
  const there: string[] = [];
  for (const { name } of files) if (await isThere(join(folder, name))) there.push(name);
  if (there.length === 0) return;
  throw new ThroughlineError(`${there.join(', ')}: there already in ${folder}`, {
    code: 'config_exists',
    exitCode: EXIT.cannotWrite,
    hint: 'Choose another folder (--out), or write over them: --force',
  });
}

/** Never over a file that came meanwhile, unless `force`. */
export async function writeFiles(folder: string, files: readonly TextFile[], force: boolean): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const { name, text } of files)
      if (force) await replaceFile(join(folder, name), text);
      else await writeFile(join(folder, name), text, { flag: 'wx' });
  } catch (cause) {
    const { message, code } = asThroughlineError(cause);
    throw new ThroughlineError(`${folder}: cannot be written: ${message}`, {
      ...{ code, exitCode: EXIT.cannotWrite, cause },
      hint: 'Choose another folder: --out FOLDER.',
    });
  }
}

/** In place of what is there: a link is replaced, never followed to what it points at. */
async function replaceFile(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, text, { flag: 'wx' });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** The module that programs in Python import. */
export async function kitText(): Promise<string> {
  return await readFile(join(import.meta.dirname, '..', '..', 'python', KIT), 'utf8');
}
