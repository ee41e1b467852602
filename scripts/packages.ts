import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Absolute path of the repository. */
export const ROOT = join(import.meta.dirname, '..');

/** The fields of a package.json that building and packing read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface Package {
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The workspace's packages that are published, by the name of their folder. */
export async function publishedPackages(root: string = ROOT): Promise<Package[]> {
  const names = await readdir(join(root, 'packages'));
  const packages = await Promise.all(names.sort().map((name) => readPackage(join(root, 'packages', name))));
  return packages.filter(({ manifest }) => manifest.private !== true);
}

async function readPackage(folder: string): Promise<Package> {
  return { folder, manifest: JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) };
}
