/** Files of a source in S3: found by pattern, and copied here when they are read. */
import { type LocalFile, openStore } from '@throughline/delta/store';
import { EXIT, ThroughlineError } from '../error.ts';
import { isRemote } from '../lake/lake-path.ts';
import { compressionOf } from './compressed.ts';
import type { SourceFile } from './files.ts';

export interface RemoteFile extends SourceFile {
  /** Another content has another. */
  etag: string;
}

/**
 * Objects that a pattern names: `*` is anything within a folder, `**` any folders, `?` one character. All objects below the folder before the
 * first of these are listed. Their paths are `s3://bucket/key`, which is their name, too. Throws with exit code 66 if there are none.
 */
export async function findRemote(pattern: string): Promise<RemoteFile[]> {
  const { root, rest } = rootOf(pattern);
  const matches = globPattern(rest);
  const files: RemoteFile[] = [];
  for await (const { path, size, etag = '' } of openStore(root).walk('')) {
    if (!matches.test(path)) continue;
    const url = `${root}/${path}`;
    files.push({ path: url, name: url, bytes: size, compression: compressionOf(path), etag });
  }
  if (files.length > 0) return files;
  throw new ThroughlineError(`no object matches ${pattern}`, {
    code: 'source_missing',
    exitCode: EXIT.noInput,
    hint: 'A folder is named with the files in it: s3://bucket/folder/*.csv',
  });
}

/** The folder before the first wildcard, or before the name. */
function rootOf(pattern: string): { root: string; rest: string } {
  const plain = pattern.replace(/^s3a:/i, 's3:');
  const end = plain.lastIndexOf('/', /[*?]/.exec(plain)?.index ?? plain.length);
  return { root: plain.slice(0, end), rest: plain.slice(end + 1) };
}

const GLOB: Record<string, string> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };

/** As `glob` of Node reads it. */
export function globPattern(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (part) => GLOB[part] ?? `\\${part}`);
  return new RegExp(`^${source}$`, 's');
}

export interface FetchedFiles extends AsyncDisposable {
  /** The same files and names, with the paths of local copies. */
  files: SourceFile[];
}

/** Copies what is elsewhere, one file after the other; copies stay until it is disposed of, and in the cache as long as there is room. */
export async function fetchFiles(files: readonly SourceFile[]): Promise<FetchedFiles> {
  const held: LocalFile[] = [];
  const release = async () => {
    for (const file of held.splice(0)) await file.release();
  };
  try {
    const here: SourceFile[] = [];
    for (const file of files) {
      if (!isRemote(file.path)) {
        here.push(file);
        continue;
      }
      const { root, rest } = rootOf(file.path);
      held.push(await openStore(root).fetch(rest));
      here.push({ ...file, path: held.at(-1)!.localPath });
    }
    return { files: here, [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
}
