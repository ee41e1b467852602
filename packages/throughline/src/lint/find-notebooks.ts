import { open, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';

/** Folders of tools and of installed packages. Hidden ones are passed over too. */
const SKIPPED = new Set(['node_modules', '__pycache__', 'site-packages', 'venv', 'env']);
/** A mark of a notebook stands at the top, or before the first cells. */
const HEAD_BYTES = 65_536;

/**
 * The notebooks that a command line names: files as they are, folders with all notebooks below them, sorted.
 * Of Python files in folders only those that are written as notebooks. Links to folders are not followed.
 */
export async function findNotebooks(
  paths: readonly string[],
  isNotebookScript: (text: string) => boolean,
): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const { isDirectory } = await kindOf(path);
    if (!isDirectory) found.add(path);
    else for (const file of await notebooksBelow(path, isNotebookScript)) found.add(file);
  }
  if (found.size > 0) return [...found];
  throw new ThroughlineError(`no notebook in ${paths.join(', ')}`, {
    code: 'no_notebook',
    exitCode: EXIT.noInput,
    hint: 'Looked for .ipynb files, Databricks exports and scripts with `# %%` cells; hidden folders are passed over.',
  });
}

async function kindOf(path: string): Promise<{ isDirectory: boolean }> {
  try {
    return { isDirectory: (await stat(path)).isDirectory() };
  } catch (cause) {
    throw new ThroughlineError(`${path}: there is no such file or folder`, {
      code: 'no_notebook',
      exitCode: EXIT.noInput,
      hint: 'Check the path.',
      cause,
    });
  }
}

async function notebooksBelow(folder: string, isScript: (text: string) => boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) files.push(...(await notebooksBelow(path, isScript)));
    } else if (entry.isFile() && (await isNotebook(path, isScript))) files.push(path);
  }
  return files;
}

async function isNotebook(path: string, isScript: (text: string) => boolean): Promise<boolean> {
  const extension = extname(path);
  if (extension === '.ipynb') return true;
  return extension === '.py' && isScript(await headOf(path));
}

async function headOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
