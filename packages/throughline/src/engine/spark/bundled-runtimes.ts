/** The packages that compute a model, as executors get them: what of them runs on one architecture, and no more. */
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, ThroughlineError } from '../../error.ts';
import { type InstalledPackage, installedPackage } from '../../installed-package.ts';
import { RUNTIMES } from '../../model/index.ts';
import type { Arch } from './arch.ts';
import type { ArchiveFile } from './archive-file.ts';

/** Throws ThroughlineError (69) where a package is not installed, or has nothing for that architecture. */
export async function bundledRuntimes(arch: Arch): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  for (const name of RUNTIMES) {
    const own = await find(name);
    files.push(...(await filesOf(name, own, ['dist', ...(LIBRARIES[name]?.(arch) ?? [])])));
    for (const needed of DEPENDENCIES[name] ?? [])
      files.push(...(await filesOf(needed, await find(needed, own.folder), ['dist'])));
  }
  return files;
}

/** Folders with compiled code. */
const LIBRARIES: Readonly<Record<string, (arch: Arch) => string[]>> = {
  'onnxruntime-node': (arch) => [`bin/napi-v6/linux/${arch}`],
};
/** What a package needs to run; its others are for its installation. */
const DEPENDENCIES: Readonly<Record<string, string[]>> = { 'onnxruntime-node': ['onnxruntime-common'] };
/** Not declarations, source maps, and smaller copies. */
const RUNS = /(?<!\.min)\.(js|cjs|mjs|json|node|so(\.\d+)*)$/;

async function find(name: string, from?: URL): Promise<InstalledPackage> {
  const found = await installedPackage(name, from);
  if (found === undefined) throw missing(name, 'is not installed');
  return found;
}

async function filesOf(
  name: string,
  { folder, version }: InstalledPackage,
  parts: readonly string[],
): Promise<ArchiveFile[]> {
  const root = fileURLToPath(folder);
  const names = ['package.json'];
  for (const part of parts) {
    const entries = await readdir(join(root, part), { recursive: true }).catch((error) => {
      throw missing(name, `has no ${part}`, error);
    });
    const run = entries.filter((entry) => RUNS.test(entry));
    names.push(...run.map((entry) => `${part}/${entry.replaceAll(sep, '/')}`));
  }
  return names.map((path) => ({
    target: `node_modules/${name}/${path}`,
    content: join(root, path),
    digest: `${name}@${version}/${path}`,
  }));
}

function missing(name: string, problem: string, cause?: unknown): ThroughlineError {
  return new ThroughlineError(`the package ${name}, which executors need, ${problem}`, {
    code: 'runtime_missing',
    exitCode: EXIT.unavailable,
    hint: 'Install the packages again with `npm ci`.',
    cause,
  });
}
