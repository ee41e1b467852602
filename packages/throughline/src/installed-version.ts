import { readFile } from 'node:fs/promises';

/**
 * Version of the dependency `name` as this program loads it; undefined if it is not installed. Its package.json is looked
 * for above its entry point, because few packages export it (`findPackageJSON` came only with Node 22.14).
 */
export async function installedVersion(name: string): Promise<string | undefined> {
  let folder = entryFolder(name);
  while (folder !== undefined) {
    const manifest = await readFile(new URL('package.json', folder), 'utf8').then(
      JSON.parse,
      () => undefined,
    );
    if (manifest?.name === name) return manifest.version;
    const parent: URL = new URL('..', folder);
    folder = parent.href === folder.href ? undefined : parent;
  }
  return undefined;
}

function entryFolder(name: string): URL | undefined {
  try {
    return new URL('.', import.meta.resolve(name));
  } catch {
    return undefined;
  }
}
