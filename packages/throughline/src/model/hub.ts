/**
 * Models of a hub (the layout of huggingface.co), downloaded once into the user's cache folder. Environment, named as the
 * hub's own tools do: HF_ENDPOINT for a mirror, HF_TOKEN for what is not public, HF_HUB_OFFLINE.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { EXIT } from '../error.ts';
import { download, HttpError } from '../http/index.ts';
import { isThere } from '../is-there.ts';
import { makeOwnedFolder } from '../owned-folder.ts';
import { ModelLoadError } from './errors.ts';
import { FOLDER_FILES, REQUIRED_FILES } from './onnx-folder.ts';
import type { HubSpec, OnnxSpec } from './types.ts';

const HUB = 'https://huggingface.co';
const MODEL_FILES = ['onnx/model.onnx', 'model.onnx'];

export interface FetchEffects {
  /** Hears of what takes its time. */
  tell?: ((message: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  env?: NodeJS.ProcessEnv;
}

/**
 * The model's folder on this disk. A folder is there whole or not at all, however many processes fetch it; it is
 * fetched once. Throws ModelLoadError where the hub lacks a file, HttpError where it cannot be reached.
 */
export async function fetchModel(spec: HubSpec, effects: FetchEffects = {}): Promise<OnnxSpec> {
  const { id, revision, model: _, ...rest } = spec;
  const folder = join(cacheFolder(effects.env), ...id.split('/'), encodeURIComponent(revision));
  if (!(await isThere(doneFile(folder, spec)))) await fetchInto(folder, spec, effects);
  return { model: 'onnx', folder, id: `${id}@${revision}`, ...rest };
}

function cacheFolder(env = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'throughline', 'models');
}

/** Says that all files for one `file` of the model are there: written last. */
function doneFile(folder: string, { file = '' }: HubSpec): string {
  return join(folder, `.complete-${encodeURIComponent(file)}`);
}

async function fetchInto(folder: string, spec: HubSpec, effects: FetchEffects): Promise<void> {
  const { env = process.env, tell } = effects;
  if (/^(1|true|yes|on)$/i.test(env.HF_HUB_OFFLINE ?? '')) {
    const hint = 'Run once with a network, or name a folder that has the model: onnx:FOLDER.';
    throw missing(spec, 'it is not in the cache, and HF_HUB_OFFLINE is set', hint);
  }
  tell?.(`downloading the model ${spec.id} at ${spec.revision} ...`);
  // What a killed process left of its own goes with the next.
  const partial = await makeOwnedFolder(folder, '.fetching-');
  const get = (name: string) => getFile(folder, partial, spec, name, effects);
  try {
    for (const name of FOLDER_FILES) {
      const came = await get(name);
      if (!came && REQUIRED_FILES.includes(name)) throw missing(spec, `the hub has no ${name} for it`);
    }
    const candidates = spec.file === undefined ? MODEL_FILES : [spec.file];
    const file = await firstOf(candidates, get);
    if (file === undefined) throw missing(spec, `the hub has no ${candidates.join(' or ')} for it`);
    await get(`${file}_data`);
    await writeFile(doneFile(folder, spec), '');
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function firstOf(names: readonly string[], get: (name: string) => Promise<boolean>) {
  for (const name of names) if (await get(name)) return name;
  return undefined;
}

/** A file comes beside the others, and is renamed when it is whole. */
async function getFile(
  folder: string,
  partial: string,
  spec: HubSpec,
  name: string,
  { env = process.env, tell, signal }: FetchEffects,
): Promise<boolean> {
  const path = join(folder, name);
  if (await isThere(path)) return true;
  await mkdir(dirname(path), { recursive: true });
  const hub = (env.HF_ENDPOINT || HUB).replace(/\/+$/, '');
  const address = `${hub}/${spec.id}/resolve/${encodeURIComponent(spec.revision)}/${name}`;
  const headers: Record<string, string> = env.HF_TOKEN ? { authorization: `Bearer ${env.HF_TOKEN}` } : {};
  const onProgress = progressOf(name, tell ?? (() => {}));
  const came = await download(address, join(partial, 'file'), {
    ...{ headers, onProgress },
    ...(signal === undefined ? {} : { signal }),
  }).catch((error) => {
    if (!(error instanceof HttpError) || error.exitCode !== EXIT.permission) throw error;
    // A hub tells strangers no more of what is not there than of what is not theirs.
    const hint = 'Check the name; for what is not public set HF_TOKEN.';
    throw missing(spec, 'the hub does not give it', hint);
  });
  if (came) await rename(join(partial, 'file'), path);
  return came;
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

const EXPORT_HINT = 'Check the name, the revision and embed.file: a model needs an ONNX export on the hub.';

function missing({ id, revision }: HubSpec, reason: string, hint = EXPORT_HINT): ModelLoadError {
  return new ModelLoadError(`${id}@${revision}`, reason, undefined, hint);
}
