import { CorruptLogError, InvalidCommitError, UnsupportedFeatureError } from './errors.ts';

/** `add.path` of a file: its path below the root, URL-encoded once ("Add File and Remove File"). */
export function encodePath(path: string): string {
  if (!path.isWellFormed())
    throw new InvalidCommitError(`${JSON.stringify(path)} is not well-formed Unicode.`);
  return encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
}

/**
 * The path below the root of an `add.path`. Absolute paths (shallow clones) are refused, and so is a path that
 * leaves the root: a log must not be able to name other files of this machine.
 */
export function decodePath(encoded: string): string {
  if (/^[a-z][a-z0-9+.-]*:\//i.test(encoded) || encoded.startsWith('/')) {
    throw new UnsupportedFeatureError(`Absolute paths of data files are not supported: ${encoded}`);
  }
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch (error) {
    throw new CorruptLogError(`The path of a data file is not URL-encoded: ${encoded}`, { cause: error });
  }
  if (path === '' || path.startsWith('/') || path.split(/[/\\]/).includes('..')) {
    throw new CorruptLogError(`The path of a data file leaves the table: ${encoded}`);
  }
  return path;
}
