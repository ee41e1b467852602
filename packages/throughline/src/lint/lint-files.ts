import { readFile, stat } from 'node:fs/promises';
import { type LintedNotebook, lintNotebook, NotebookError } from '@throughline/notebook-lint';
import { asThroughlineError, EXIT, ThroughlineError } from '../error.ts';

/** Larger files are outputs, not code: the whole text is held in memory, twice for a moment. */
const MAX_BYTES = 256 * 2 ** 20;

export interface LintFilesOptions {
  readonly rules?: readonly string[];
  readonly ignore?: readonly string[];
  readonly onFile?: (file: string, done: number, total: number) => void;
}

/** A file that could not be read as a notebook: the others are linted all the same. */
export interface UnreadNotebook {
  readonly file: string;
  readonly error: ThroughlineError;
}

export interface LintedFiles {
  readonly notebooks: readonly LintedNotebook[];
  readonly unread: readonly UnreadNotebook[];
}

/** Lints files one after the other, in their order. Throws for a rule that does not exist. */
export async function lintFiles(
  files: readonly string[],
  options: LintFilesOptions = {},
): Promise<LintedFiles> {
  const { onFile, ...rest } = options;
  const notebooks: LintedNotebook[] = [];
  const unread: UnreadNotebook[] = [];
  for (const [done, file] of files.entries()) {
    onFile?.(file, done, files.length);
    try {
      notebooks.push({ file, result: await lintNotebook(await textOf(file), { file, ...rest }) });
    } catch (error) {
      unread.push({ file, error: asUnread(file, error) });
    }
  }
  return { notebooks, unread };
}

async function textOf(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size <= MAX_BYTES) return await readFile(file, 'utf8');
  throw new ThroughlineError(`${file} has ${Math.round(size / 2 ** 20)} MiB: too large for a notebook`, {
    code: 'notebook_too_large',
    exitCode: EXIT.badData,
    hint: 'Clear its outputs and save it again.',
  });
}

function asUnread(file: string, error: unknown): ThroughlineError {
  if (error instanceof RangeError && error.message.startsWith('there is no rule'))
    throw new ThroughlineError(error.message, {
      code: 'usage',
      exitCode: EXIT.usage,
      hint: 'throughline lint --list-rules names them.',
    });
  if (!(error instanceof NotebookError)) return asThroughlineError(error);
  return new ThroughlineError(`${file}: ${error.message}`, {
    code: error.code,
    exitCode: EXIT.badData,
    hint: 'Open it in Jupyter and save it again, or leave it out.',
    cause: error,
  });
}
