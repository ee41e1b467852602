/** Node, the worker and a model in one file, which an executor that has none of them unpacks. */
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { packTar, type TarSource } from 'modern-tar/fs';
import { isFile } from '../../is-there.ts';
import type { ModelSpec } from '../../model/index.ts';
import { makeOwnedFolder } from '../../owned-folder.ts';
import type { Arch } from './arch.ts';
import type { ArchiveFile } from './archive-file.ts';
import { bundledModel } from './bundled-model.ts';
import { bundledRuntimes } from './bundled-runtimes.ts';
import { downloadNode, type NodeDownloadEffects } from './node-download.ts';
import { isOfficialNode, nodeFacts } from './official-node.ts';
import { workerModule } from './worker-module.ts';

export interface ArchiveSettings extends NodeDownloadEffects {
  /** That of the executors. */
  readonly arch: Arch;
  /** No model of a hub: its folder. */
  readonly spec: ModelSpec;
  /** Files of the pipeline's commands. */
  readonly pipeline?: readonly ArchiveFile[];
  /** The executable of Node; the running one where it is an official build for `arch`, or one of its version, unless told. */
  readonly node?: string;
}

export interface ExecutorArchive {
  /** A .tar.gz in the user's cache folder. */
  readonly path: string;
  /** sha256 in hex of what decides the contents. */
  readonly digest: string;
  /**
   * Name of the artifact, `archives/FOLDER.tar.gz#FOLDER`: another one at each call, because the folders of all sessions lie
   * together, and because Spark unpacks a name only once.
   */
  readonly name: string;
  /** Where executors unpack it: `./SESSION/FOLDER`. */
  readonly folder: string;
  /** The model as a worker opens it. */
  readonly spec: ModelSpec;
}

/** Measured: 84 MB in 4.6 s; level 6 saves 0.3 MB in 6.7 s, level 1 takes 2.9 s and 5 MB more at each sending. */
const LEVEL = 5;

/**
 * The archive for executors: `node`, `lib/worker.mjs`, for a model with files `model/` and `node_modules/`, and for commands `pipeline/`. Made once
 * for equal contents, whole or not at all, however many processes do; the same contents give the same bytes. Throws
 * ModelLoadError, and ThroughlineError (69) where a part is not to be had.
 */
export async function executorArchive(settings: ArchiveSettings): Promise<ExecutorArchive> {
  const { arch, pipeline = [], env = process.env } = settings;
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'throughline', 'spark');
  const { spec, files: model } = await bundledModel(settings.spec);
  const runtimes = model.length === 0 ? [] : await bundledRuntimes(arch);
  const files = [await workerFile(), ...model, ...runtimes, ...pipeline];
  const digest = contentDigest(arch, files);
  const path = join(cache, `throughline-${arch}-${digest.slice(0, 16)}.tar.gz`);
  if (await isFile(path)) await utimes(path, new Date(), new Date());
  else await make(path, files, cache, settings);
  const folder = `throughline-${randomBytes(8).toString('hex')}`;
  return { path, digest, spec, folder, name: `archives/${folder}.tar.gz#${folder}` };
}

async function workerFile(): Promise<ArchiveFile> {
  const content = await workerModule();
  const digest = createHash('sha256').update(content).digest('hex');
  return { target: 'lib/worker.mjs', content, digest };
}

function contentDigest(arch: Arch, files: readonly ArchiveFile[]): string {
  const contents = files
    .map(({ target, digest, executable }) => [target, digest, ...(executable ? ['x'] : [])])
    .sort();
  return createHash('sha256')
    .update(JSON.stringify([arch, process.version, contents]))
    .digest('hex');
}

async function make(
  path: string,
  files: readonly ArchiveFile[],
  cache: string,
  settings: ArchiveSettings,
): Promise<void> {
  const { tell, signal } = settings;
  await mkdir(cache, { recursive: true });
  const node = await findNode(cache, settings);
  tell?.(
    `packing Node ${process.version}, the worker and the model for executors (linux ${settings.arch}) ...`,
  );
  const partial = await makeOwnedFolder(cache, '.packing-');
  try {
    const whole = [{ target: 'node', content: node, digest: '', executable: true }, ...files];
    await pack(whole, join(partial, 'archive'), signal);
    await rename(join(partial, 'archive'), path);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  await removeOld(cache, /^throughline-.*\.tar\.gz$/);
  await removeOld(cache, /^node-v/);
}

async function findNode(cache: string, settings: ArchiveSettings): Promise<string> {
  const { arch, node } = settings;
  if (node !== undefined) return node;
  if (isOfficialNode(nodeFacts(), arch)) return process.execPath;
  // Of the same version: it cuts and compares texts as this one does.
  return downloadNode({ version: process.version, arch }, cache, settings);
}

async function pack(
  files: readonly ArchiveFile[],
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const sources = files.map(tarSource).sort((a, b) => (a.target < b.target ? -1 : 1));
  await pipeline(packTar(sources), createGzip({ level: LEVEL }), createWriteStream(path), {
    ...(signal && { signal }),
  }).catch((error) => {
    signal?.throwIfAborted(); // the stream's own AbortError hides the reason
    throw error;
  });
}

/** Nothing of this machine but the bytes. */
function tarSource({ target, content, executable = false }: ArchiveFile): TarSource {
  const header = { target, mtime: new Date(0), mode: executable ? 0o755 : 0o644 };
  const owner = { uid: 0, gid: 0, uname: '', gname: '' };
  return typeof content === 'string'
    ? { type: 'file', source: content, ...header, ...owner }
    : { type: 'content', content, ...header, ...owner };
}

/** Two clusters, an upgrade and a change of model are not made again and again. */
const KEPT = 4;

/** Leaves the newest. */
async function removeOld(folder: string, pattern: RegExp): Promise<void> {
  const names = (await readdir(folder)).filter((name) => pattern.test(name));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, used: await lastUse(join(folder, name)) })),
  );
  aged.sort((a, b) => b.used - a.used);
  for (const { name } of aged.slice(KEPT)) await rm(join(folder, name), { force: true });
}

/** Another process may have removed it meanwhile. */
async function lastUse(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
