import { mkdir, readFile, writeFile } from 'node:fs/promises';
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
      await writeFile(join(folder, name), text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const { message, code } = asThroughlineError(cause);
    throw new ThroughlineError(`${folder}: cannot be written: ${message}`, {
      ...{ code, exitCode: EXIT.cannotWrite, cause },
      hint: 'Choose another folder: --out FOLDER.',
    });
  }
}

/** The module that programs in Python import; undefined where this package has none. */
export async function kitText(): Promise<string | undefined> {
  const file = join(import.meta.dirname, '..', '..', 'python', KIT);
  return await readFile(file, 'utf8').catch(() => undefined);
}
