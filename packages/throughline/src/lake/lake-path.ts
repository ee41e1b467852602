/** Where a lake is: a folder of this machine, or `s3://bucket/prefix`. The one place that knows how paths differ. */
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The scheme of a URL in small letters; undefined for a path. */
export function schemeOf(location: string): string | undefined {
  // One letter is a drive of Windows.
  return /^([a-z][a-z0-9+.-]+):\/\//i.exec(location)?.[1]?.toLowerCase();
}

/** Whether the files are elsewhere, and have to be fetched before they can be opened. */
export function isRemote(location: string): boolean {
  const scheme = schemeOf(location);
  return scheme !== undefined && scheme !== 'file';
}

/** The root of the lake that a config in `directory` names: an absolute path, or a URL that does not end in `/`. */
export function lakeRootOf(directory: string, lake: string): string {
  const scheme = schemeOf(lake);
  if (scheme === undefined) return resolve(directory, lake);
  if (scheme === 'file') return fileURLToPath(lake);
  // `s3a` is what Hadoop calls it.
  return lake.replace(/^s3a?:\/\//i, 's3://').replace(/\/+$/, '');
}

/** A place below a root. Names are plain: neither URL-encoded nor with separators of their own. */
export function lakePath(root: string, ...names: readonly string[]): string {
  return isRemote(root) ? [root, ...names].join('/') : join(root, ...names);
}

/** The folder that a place is in, and its name there. */
export function splitPath(location: string): { folder: string; name: string } {
  if (!isRemote(location)) return { folder: dirname(location), name: basename(location) };
  const end = location.lastIndexOf('/');
  return { folder: location.slice(0, end), name: location.slice(end + 1) };
}
