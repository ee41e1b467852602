/**
 * `npm run build`: the page is made beside `dist` and takes its place when it is whole. The same sources give the same
 * files: then `dist` stays as it is, so that a server which reads from it is not disturbed.
 */
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';

const ROOT = import.meta.dirname;
const DIST = join(ROOT, 'dist');

const workshop = join(ROOT, 'node_modules');
await mkdir(workshop, { recursive: true });
const made = await mkdtemp(join(workshop, 'page-'));
try {
  await build({ root: ROOT, logLevel: 'warn', build: { outDir: join(made, 'new') } });
  if (!(await isSame(join(made, 'new'), DIST))) {
    await rename(DIST, join(made, 'old')).catch(unlessMissing);
    await rename(join(made, 'new'), DIST);
  }
} finally {
  await rm(made, { recursive: true, force: true });
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [files, others] = await Promise.all([filesOf(one), filesOf(other)]);
  if (files.join('\n') !== others.join('\n')) return false;
  for (const file of files) {
    const [bytes, before] = await Promise.all([readFile(join(one, file)), readFile(join(other, file))]);
    if (!bytes.equals(before)) return false;
  }
  return true;
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(unlessMissing);
  return (entries ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
