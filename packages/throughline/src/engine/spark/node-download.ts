/** Node for a platform that is not this one, from the addresses of nodejs.org. */
import { createReadStream } from 'node:fs';
import { chmod, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { unpackTar } from 'modern-tar/fs';
import { EXIT, ThroughlineError } from '../../error.ts';
import { fileDigest } from '../../file-digest.ts';
import { type DownloadOptions, download } from '../../http/index.ts';
import { isFile } from '../../is-there.ts';
import { makeOwnedFolder } from '../../owned-folder.ts';
import type { Arch } from './arch.ts';

const MIRROR = 'https://nodejs.org/dist';

export interface NodeRelease {
  /** `v24.1.0` */
  readonly version: string;
  readonly arch: Arch;
}

export interface NodeDownloadEffects {
  /** `THROUGHLINE_NODE_MIRROR` is an address laid out like https://nodejs.org/dist. */
  env?: NodeJS.ProcessEnv;
  /** Hears of what takes its time. */
  tell?: ((message: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** How requests are tried again. */
  http?: Pick<DownloadOptions, 'policy' | 'effects'>;
}

/**
 * Path of Node's executable in `folder`, where it stays: it is there whole, with the sha256 that the mirror names, or not at
 * all. Throws ThroughlineError (69) where the mirror lacks it or gives another file, HttpError where it cannot be reached.
 */
export async function downloadNode(
  release: NodeRelease,
  folder: string,
  effects: NodeDownloadEffects = {},
): Promise<string> {
  const name = `node-${release.version}-linux-${release.arch}`;
  const path = join(folder, name);
  if (await isFile(path)) return path;
  const { env = process.env, tell } = effects;
  const place = `${(env.THROUGHLINE_NODE_MIRROR || MIRROR).replace(/\/+$/, '')}/${release.version}`;
  tell?.(`downloading Node ${release.version} for linux ${release.arch} from ${place} ...`);
  const partial = await makeOwnedFolder(folder, '.downloading-');
  try {
    const sums = await get(`${place}/SHASUMS256.txt`, join(partial, 'sums'), effects);
    const archive = await get(`${place}/${name}.tar.gz`, join(partial, 'archive'), effects);
    await checkSum(archive, `${name}.tar.gz`, await readFile(sums, 'utf8'), place);
    await rename(await unpackExecutable(archive, name, partial, effects.signal), path);
    return path;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function get(url: string, path: string, { http, signal }: NodeDownloadEffects): Promise<string> {
  if (await download(url, path, { ...http, ...(signal && { signal }) })) return path;
  throw unavailable(
    'node_absent',
    `there is no ${url}`,
    'Run with an official release of Node, or name a place that has this one: THROUGHLINE_NODE_MIRROR.',
  );
}

async function checkSum(archive: string, name: string, sums: string, place: string): Promise<void> {
  const lines = sums.split('\n').map((line) => line.trim().split(/\s+/));
  const expected = lines.find(([, file]) => file === name)?.[0];
  const actual = await fileDigest(archive);
  if (actual === expected) return;
  const problem = expected === undefined ? 'does not name it' : `names sha256 ${expected}`;
  throw unavailable(
    'node_damaged',
    `${place}/${name} is not what was expected: its sha256 is ${actual}, SHASUMS256.txt ${problem}`,
    'Run again; if it stays so, do not use this mirror (THROUGHLINE_NODE_MIRROR).',
  );
}

async function unpackExecutable(
  archive: string,
  name: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const wanted = `${name}/bin/node`;
  const unpack = unpackTar(folder, {
    filter: (header) => header.name === wanted && header.type === 'file',
    strict: true,
  });
  await pipeline(createReadStream(archive), createGunzip(), unpack, { ...(signal && { signal }) }).catch(
    (error) => {
      signal?.throwIfAborted(); // the stream's own AbortError hides the reason
      throw error;
    },
  );
  const path = join(folder, wanted);
  if (!(await isFile(path)))
    throw unavailable('node_damaged', `${name}.tar.gz holds no bin/node`, 'Use another mirror.');
  await chmod(path, 0o755);
  return path;
}

function unavailable(code: string, message: string, hint: string): ThroughlineError {
  return new ThroughlineError(message, { code, exitCode: EXIT.unavailable, hint });
}
