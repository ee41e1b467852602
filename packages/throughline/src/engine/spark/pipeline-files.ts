/** Commands of the pipeline as executors start them, and their files as they get them. */
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { filesBelow } from '../../command/index.ts';
import { type Config, ConfigError, type LoadedConfig } from '../../config/index.ts';
import { fileDigest } from '../../file-digest.ts';
import { isFile } from '../../is-there.ts';
import { commandsOf } from '../../transform/index.ts';
import type { ArchiveFile } from './archive-file.ts';

/** Folder of the archive that stands for that of the config file: commands start in it. */
export const PIPELINE_FOLDER = 'pipeline';

/** What most programs in Python import; it need not be named. */
const KIT = 'throughline_mapper.py';

/**
 * Files that the words of commands name, the kit beside them, and `files:`. Throws ConfigError for a file above the pipeline's
 * folder, and with exit code 66 where one of `files:` is not there.
 */
export async function pipelineFiles({ config, directory, file }: LoadedConfig): Promise<ArchiveFile[]> {
  const paths = new Set<string>();
  for (const { command, files = [] } of allCommands(config)) {
    for (const word of command) {
      const path = await insidePath(word, directory, file);
      if (path === undefined) continue;
      paths.add(path);
      for (const kit of new Set([KIT, join(dirname(path), KIT)]))
        if (await isFile(resolve(directory, kit))) paths.add(kit);
    }
    for (const path of await filesBelow(files, directory)) paths.add(join(path));
  }
  return Promise.all([...paths].sort().map((path) => archived(path, directory)));
}

/** Settings with the command, if there is one, as it is started there: its words name files by their places in the archive. */
export function onExecutors<T extends { readonly command?: readonly string[] | undefined }>(
  settings: T,
  directory: string,
): T {
  if (settings.command === undefined) return settings;
  const command = settings.command.map((word) => {
    const inside = relative(directory, word);
    return isAbsolute(word) && isInside(inside) ? inside : word;
  });
  return { ...settings, command };
}

function allCommands(
  config: Config,
): { command: readonly string[]; files?: readonly string[] | undefined }[] {
  const { command, files } = config.embed;
  return [...commandsOf(config), ...(command ? [{ command, files }] : [])];
}

/** Path from the pipeline's folder of a word that is a file in it. An absolute path of another place is one of the executors'. */
async function insidePath(word: string, directory: string, file: string): Promise<string | undefined> {
  const whole = resolve(directory, word);
  if (!(await isFile(whole))) return undefined;
  const inside = relative(directory, whole);
  if (isInside(inside)) return inside;
  if (isAbsolute(word)) return undefined;
  throw new ConfigError(
    file,
    [
      {
        message: `${word} of a command is outside of the folder of the config, which is all that executors get`,
      },
    ],
    'Put it beside the config file, or install it on the executors and name it by its absolute path.',
  );
}

function isInside(path: string): boolean {
  return path !== '' && !path.startsWith('..') && !isAbsolute(path);
}

async function archived(path: string, directory: string): Promise<ArchiveFile> {
  const content = resolve(directory, path);
  const { mode } = await stat(content);
  return {
    target: `${PIPELINE_FOLDER}/${path.replaceAll('\\', '/')}`,
    content,
    digest: await fileDigest(content),
    executable: (mode & 0o100) !== 0,
  };
}
