/** What of a command shapes its answers, so that an edited program is another one. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import { fileDigest } from '../file-digest.ts';
import { isFile, isThere } from '../is-there.ts';

/** sha256 in hex of a command, the files that its words name, and `files`. */
export async function programDigest(
  { command, files }: { command: readonly string[]; files?: readonly string[] | undefined },
  directory: string,
): Promise<string> {
  const shape = [
    command,
    await wordDigests(command, directory),
    files && (await digestsOfFiles(files, directory)),
  ];
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex');
}

/** sha256 in hex of each word of the command that names a file, else ''. Relative paths start at `directory`. */
export async function wordDigests(command: readonly string[], directory: string): Promise<string[]> {
  return Promise.all(command.map((word) => digestIfFile(resolve(directory, word))));
}

/** Path and sha256 in hex of `files`, and of all files below those that are folders, in order of their paths. Throws with exit code 66 where one is not there. */
export async function digestsOfFiles(
  files: readonly string[],
  directory: string,
): Promise<[path: string, digest: string][]> {
  const paths = await filesBelow(files, directory);
  return Promise.all(
    paths.map(async (path): Promise<[string, string]> => [path, await fileDigest(resolve(directory, path))]),
  );
}

/** What Python and editors leave beside files is none of them. */
const PASSED_OVER = /(^|\/)(__pycache__|\.git|\.ipynb_checkpoints|node_modules|\.DS_Store)(\/|$)|\.pyc$/;

/** Paths from `directory`, with `/`, each once and in order. Throws with exit code 66 where one is not there. */
export async function filesBelow(files: readonly string[], directory: string): Promise<string[]> {
  const found = new Set<string>();
  for (const path of files) {
    const whole = resolve(directory, path);
    if (await isFile(whole)) found.add(path);
    else if (await isThere(whole)) {
      const entries = await readdir(whole, { recursive: true, withFileTypes: true });
      for (const entry of entries) {
        const inside = join(path, entry.parentPath.slice(whole.length), entry.name).replaceAll('\\', '/');
        if (!PASSED_OVER.test(inside) && (await isFile(resolve(directory, inside)))) found.add(inside);
      }
    } else
      throw new ThroughlineError(`files: there is no ${path} in ${directory}`, {
        code: 'file_missing',
        exitCode: EXIT.noInput,
        hint: 'Paths start at the folder of the config file.',
      });
  }
  return [...found].sort();
}

async function digestIfFile(path: string): Promise<string> {
  return (await isFile(path)) ? fileDigest(path) : '';
}
