/**
 * Life of an index version: built beside the others from one table version, counted, moved into place, promoted by
 * one pointer. A crash at any point leaves the old version serving.
 */
import { fork } from 'node:child_process';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Build } from '../lake/build.ts';
import { replaceJson } from '../lake/json-file.ts';
import { type Lake, promoteDerived, readCurrent } from '../lake/lake.ts';
import type { ModelInfo } from '../model/index.ts';
import { makeOwnedFolder } from '../owned-folder.ts';
import type { BuildAnswer, BuildRequest } from './build-process.ts';
import { type IndexManifest, indexRoot, readManifest } from './manifest.ts';

export interface RefreshOptions {
  signal: AbortSignal;
  /** Told when a version has to be built. */
  onBuild?: () => void;
  onProgress?: (passages: number) => void;
}

/** It becomes the version's folder: as the umask has it, like the rest of the lake. */
const SHARED = 0o777;

/** Versions that stay for rollback, the promoted one included. */
const KEPT_VERSIONS = 3;

/** Builds and promotes an index of the build's passages unless there is one; returns its version. */
export async function refreshIndex(
  lake: Lake,
  build: Build,
  model: ModelInfo,
  options: RefreshOptions,
): Promise<string> {
  const { passages } = build.tables;
  const version = `${build.info.digest}-v${passages.version}`;
  if (!(await readManifest(lake, version))) {
    options.onBuild?.();
    await buildIndex(lake, build, model, version, options);
  }
  if ((await readCurrent(lake)).index !== version) {
    if (await promoteDerived(lake, build.info.digest, { index: version })) await collectGarbage(lake);
  }
  return version;
}

async function buildIndex(
  lake: Lake,
  build: Build,
  model: ModelInfo,
  version: string,
  options: RefreshOptions,
): Promise<void> {
  const started = performance.now();
  const { passages } = build.tables;
  const target = await makeOwnedFolder(join(lake.root, 'indexes'), '.building-', SHARED);
  try {
    const request: BuildRequest = {
      passagesRoot: passages.root,
      passagesVersion: passages.version,
      target,
      dimension: model.dimension,
      attributes: build.info.mapping.attributes,
    };
    const count = await runBuildProcess(request, options);
    const manifest: IndexManifest = {
      version,
      build: build.info.digest,
      passagesVersion: passages.version,
      passages: count,
      dimension: model.dimension,
      modelDigest: model.digest,
      model: build.info.model,
      mapping: build.info.mapping,
      ms: Math.round(performance.now() - started),
    };
    await replaceJson(join(target, 'manifest.json'), manifest);
    await rename(target, indexRoot(lake, version)).catch(async (error: NodeJS.ErrnoException) => {
      // Another run built the same version in the meantime.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

function runBuildProcess(request: BuildRequest, { signal, onProgress }: RefreshOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./build-process.ts', import.meta.url), {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'json',
    });
    let stderr = '';
    child.stderr!.on('data', (data: Buffer) => {
      stderr = (stderr + data.toString()).slice(-4_000);
    });
    const stop = () => child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    let result: number | Error | undefined;
    child.on('message', (message: BuildAnswer) => {
      if (message.type === 'progress') onProgress?.(message.passages);
      else result = message.type === 'done' ? message.passages : buildError(message.message);
    });
    child.on('error', (error) => {
      result = error;
    });
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason);
      else if (typeof result === 'number' && code === 0) resolve(result);
      else
        reject(
          result instanceof Error
            ? result
            : buildError(`its process ended with ${killedBy ?? code}: ${stderr.trim()}`),
        );
    });
    child.send(request);
  });
}

function buildError(reason: string): ThroughlineError {
  return new ThroughlineError(`the index could not be built: ${reason}`, {
    code: 'index_failed',
    exitCode: EXIT.internal,
    hint: 'The tables are complete and the old index still serves. Try again: throughline run',
  });
}

/** Removes all versions but the promoted one and those built last. */
async function collectGarbage(lake: Lake): Promise<void> {
  const { index } = await readCurrent(lake);
  const root = join(lake.root, 'indexes');
  const versions: { name: string; built: number }[] = [];
  for (const name of await readdir(root)) {
    if (name.startsWith('.') || name === index) continue;
    versions.push({ name, built: (await stat(join(root, name))).mtimeMs });
  }
  versions.sort((a, b) => b.built - a.built);
  for (const { name } of versions.slice(KEPT_VERSIONS - 1))
    await rm(join(root, name), { recursive: true, force: true });
}
