/**
 * Models of a hub (the layout of huggingface.co), downloaded once into the user's cache folder. Environment, as the hub's
 * own tools read it: HF_ENDPOINT for a mirror, HF_TOKEN for what is not public, HF_HUB_OFFLINE.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { download } from '../http/index.ts';
import { ModelLoadError } from './errors.ts';
import { FOLDER_FILES } from './onnx-folder.ts';
import type { HubSpec, OnnxSpec } from './types.ts';

const HUB = 'https://huggingface.co';
const REQUIRED: readonly string[] = FOLDER_FILES.slice(0, 3);
const MODEL_FILES = ['onnx/model.onnx', 'model.onnx'];

/**
 * The model's folder on this disk. A folder is there whole or not at all, however many processes fetch it; it is
 * fetched once. Throws ModelLoadError where the hub lacks a file, HttpError where it cannot be reached.
 */
export async function fetchModel(
  spec: HubSpec,
  tell: (message: string) => void = () => {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<OnnxSpec> {
  const { id, revision, model: _, ...rest } = spec;
  const folder = join(cacheFolder(env), ...id.split('/'), encodeURIComponent(revision));
  const variant = spec.file ?? '';
  if (!(await isThere(join(folder, doneFile(variant))))) await fetchInto(folder, spec, tell, env);
  return { model: 'onnx', folder, ...rest };
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'throughline', 'models');
}

/** Says that all files for one `file` of the model are there: written last. */
function doneFile(variant: string): string {
  return `.complete-${encodeURIComponent(variant)}`;
}

async function fetchInto(
  folder: string,
  spec: HubSpec,
  tell: (message: string) => void,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (env.HF_HUB_OFFLINE === '1') throw missing(spec, 'it is not in the cache, and HF_HUB_OFFLINE is set');
  tell(`downloading the model ${spec.id} at ${spec.revision} ...`);
  const get = (name: string) => getFile(folder, spec, name, tell, env);
  for (const name of FOLDER_FILES) {
    const came = await get(name);
    if (!came && REQUIRED.includes(name)) throw missing(spec, `the hub has no ${name} for it`);
  }
  const candidates = spec.file === undefined ? MODEL_FILES : [spec.file];
  const file = await firstOf(candidates, get);
  if (file === undefined) throw missing(spec, `the hub has no ${candidates.join(' or ')} for it`);
  await get(`${file}_data`);
  const done = join(folder, `.${randomUUID()}`);
  await mkdir(done, { recursive: true });
  await rename(done, join(folder, doneFile(spec.file ?? ''))).catch(() => rm(done, { recursive: true }));
}

async function firstOf(names: readonly string[], get: (name: string) => Promise<boolean>) {
  for (const name of names) if (await get(name)) return name;
  return undefined;
}

/** A file comes under a name of its own, and is renamed when it is whole. */
async function getFile(
  folder: string,
  { id, revision }: HubSpec,
  name: string,
  tell: (message: string) => void,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const path = join(folder, name);
  if (await isThere(path)) return true;
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}.partial`;
  const address = `${env.HF_ENDPOINT || HUB}/${id}/resolve/${encodeURIComponent(revision)}/${name}`;
  const headers: Record<string, string> = env.HF_TOKEN ? { authorization: `Bearer ${env.HF_TOKEN}` } : {};
  try {
    const came = await download(address, partial, { headers, onProgress: progressOf(name, tell) });
    if (came) await rename(partial, path);
    return came;
  } finally {
    await rm(partial, { force: true });
  }
}

const TELL_EVERY_BYTES = 32 * 1024 * 1024;

/** A line for every 32 MB. */
function progressOf(name: string, tell: (message: string) => void) {
  let next = TELL_EVERY_BYTES;
  const mb = (bytes: number) => Math.round(bytes / 1e6);
  return (bytes: number, total: number | undefined) => {
    if (bytes < next) return;
    next = bytes + TELL_EVERY_BYTES;
    tell(`${name}: ${mb(bytes)}${total === undefined ? '' : ` of ${mb(total)}`} MB`);
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function missing({ id, revision }: HubSpec, reason: string): ModelLoadError {
  const hint = 'Check the name, the revision and embed.file: a model needs an ONNX export on the hub.';
  return new ModelLoadError(`${id}@${revision}`, reason, undefined, hint);
}
