import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

export interface InstalledPackage {
  /** Ends with a slash. */
  readonly folder: URL;
  readonly version: string;
}

/**
 * The dependency `name` as this program loads it, or as the package in `from` does; undefined if it is not installed. Its
 * package.json is looked for above its entry point, because few packages export it (`findPackageJSON` came only with Node
 * 22.14).
 */
export async function installedPackage(name: string, from?: URL): Promise<InstalledPackage | undefined> {
  let folder = entryFolder(name, from);
  while (folder !== undefined) {
    const manifest = await readFile(new URL('package.json', folder), 'utf8').then(
      JSON.parse,
      () => undefined,
    );
    if (manifest?.name === name) return { folder, version: manifest.version };
    const parent: URL = new URL('..', folder);
    folder = parent.href === folder.href ? undefined : parent;
  }
  return undefined;
}

export async function installedVersion(name: string): Promise<string | undefined> {
  return (await installedPackage(name))?.version;
}

function entryFolder(name: string, from: URL | undefined): URL | undefined {
  try {
    const entry = from ? pathToFileURL(createRequire(from).resolve(name)) : import.meta.resolve(name);
    return new URL('.', entry);
  } catch {
    return undefined;
  }
}
