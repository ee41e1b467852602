/**
 * Life of an index version: built from one table version, counted, moved into place (or, in a remote lake, published
 * there), promoted by one pointer. A crash at any point leaves the old version serving.
 */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Build } from '../lake/build.ts';
import { replaceJson } from '../lake/json-file.ts';
import { type Lake, promoteDerived, readCurrent } from '../lake/lake.ts';
import { isRemote, lakePath } from '../lake/lake-path.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import type { ModelInfo } from '../model/index.ts';
import { makeOwnedFolder } from '../owned-folder.ts';
import type { BuildRequest } from './build-process.ts';
import { orFullDisk } from './full-disk.ts';
import { copiesFolder, keepCopy } from './index-copy.ts';
import { listIndexFiles } from './index-files.ts';
import { COLLECTION, type IndexManifest, indexRoot, readManifest } from './manifest.ts';
import { publishIndex } from './publish-index.ts';
import { runBuildProcess } from './run-build-process.ts';

export interface RefreshOptions {
  signal: AbortSignal;
  clock: () => number;
  /** Told when a version has to be built. */
  onBuild?: () => void;
  onProgress?: (passages: number) => void;
}

/** It becomes the version's folder: as the umask has it, like the rest of the lake. */
const SHARED = 0o777;

/** Builds an index of the build's passages unless there is one; returns its version. It is not promoted. */
export async function buildIndex(
  lake: Lake,
  build: Build,
  model: ModelInfo,
  options: RefreshOptions,
): Promise<string> {
  const { passages } = build.tables;
  const version = `${build.info.digest}-v${passages.version}`;
  if (!(await readManifest(lake, version))) {
    options.onBuild?.();
    await makeVersion(lake, build, model, version, options);
  }
  return version;
}

/** Builds and promotes an index of the build's passages unless there is one; returns its version. */
export async function refreshIndex(
  lake: Lake,
  build: Build,
  model: ModelInfo,
  options: RefreshOptions,
): Promise<string> {
  const version = await buildIndex(lake, build, model, options);
  if ((await readCurrent(lake)).index !== version) {
    await promoteDerived(lake, build.info.digest, { index: version });
    const { index: promoted } = await readCurrent(lake);
    await removeOldVersions(lake, { folders: ['indexes'], promoted }, options.clock());
  }
  return version;
}

async function makeVersion(
  lake: Lake,
  build: Build,
  model: ModelInfo,
  version: string,
  options: RefreshOptions,
): Promise<void> {
  const started = performance.now();
  const { passages } = build.tables;
  const target = isRemote(lake.root)
    ? await makeOwnedFolder(copiesFolder(lake), '.building-')
    : await makeOwnedFolder(lakePath(lake.root, 'indexes'), '.building-', SHARED);
  try {
    const request: BuildRequest = {
      passagesRoot: passages.root,
      passagesVersion: passages.version,
      target,
      dimension: model.dimension,
      attributes: build.info.mapping.attributes,
    };
    const count = await runBuildProcess(request, options).catch(async (error) => {
      throw await orFullDisk(error, target);
    });
    const manifest: IndexManifest = {
      version,
      build: build.info.digest,
      passagesVersion: passages.version,
      passages: count,
      dimension: model.dimension,
      modelDigest: model.digest,
      ...(build.info.model === undefined ? {} : { model: build.info.model }),
      mapping: build.info.mapping,
      ms: Math.round(performance.now() - started),
    };
    await (isRemote(lake.root) ? publish : moveIntoPlace)(lake, manifest, target, options.signal);
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

async function moveIntoPlace(lake: Lake, manifest: IndexManifest, target: string): Promise<void> {
  await replaceJson(join(target, 'manifest.json'), manifest);
  const place = indexRoot(lake, manifest.version);
  for (;;) {
    try {
      return await rename(target, place);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
      // Another run built the same version in the meantime, or what is there has lost its manifest and serves nobody.
      if (await readManifest(lake, manifest.version)) return;
      await rename(place, `${target}-replaced`);
      await rm(`${target}-replaced`, { recursive: true, force: true });
    }
  }
}

/** Whoever searches from this machine need not fetch what was made here. */
async function publish(
  lake: Lake,
  manifest: IndexManifest,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const collection = join(target, COLLECTION);
  const files = await listIndexFiles(collection);
  const content = await publishIndex(lake, collection, files, manifest, signal);
  if (content) await keepCopy(lake, manifest.version, content, collection);
}
