/**
 * An index version is built from one table version, moved into place (or, in a remote lake, published there), and verified.
 * Whether it serves is decided elsewhere: a crash at any point leaves the old version serving.
 */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Build } from '../lake/build.ts';
import { removeJson, replaceJson } from '../lake/json-file.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { isRemote, lakePath } from '../lake/lake-path.ts';
import type { ModelInfo } from '../model/index.ts';
import { makeOwnedFolder } from '../owned-folder.ts';
import type { BuildRequest } from './build-collection.ts';
import { collectionsFor, type StoreSetting } from './collections.ts';
import { damageOf } from './damage.ts';
import { orFullDisk } from './full-disk.ts';
import { copiesFolder, keepCopy } from './index-copy.ts';
import { listIndexFiles } from './index-files.ts';
import { COLLECTION, FORMAT, type IndexManifest, indexRoot, manifestPath, readManifest } from './manifest.ts';
import { type IndexProcess, openIndexProcess } from './open-index-process.ts';
import { planTail, type TailPlan } from './plan-tail.ts';
import { publishIndex } from './publish-index.ts';
import { faultsOf } from './verify/verify-index.ts';

export interface MakeOptions {
  signal: AbortSignal;
  clock: () => number;
  /** `index.minRecall`: a tail that finds less is built anew, as a whole. */
  minRecall: number;
  /** `index.store`: where a version is written. */
  store: StoreSetting;
  /** Whether it must not hang on an earlier version, of which something has to go. */
  isWhole?: boolean;
  /** Told when a version has to be built, and when it is measured. */
  onBuild?: () => void;
  onVerify?: () => void;
  onProgress?: (passages: number) => void;
}

/** It becomes the version's folder: as the umask has it, like the rest of the lake. */
const SHARED = 0o777;

/** The verified index of the build's passages as they are now; it is built unless there is one. */
export async function makeIndex(
  lake: Lake,
  build: Build,
  model: Pick<ModelInfo, 'dimension' | 'digest'>,
  options: MakeOptions,
): Promise<IndexManifest> {
  const { store, minRecall, signal, isWhole = false } = options;
  await using indexing = openIndexProcess(signal);
  const format = await (await collectionsFor(store)).format();
  const version = `${build.info.digest}-v${build.tables.passages.version}-${format}`;
  const make = async (tail: Tail | undefined): Promise<IndexManifest> => {
    options.onBuild?.();
    await buildIndex(lake, build, model, { version, tail }, { ...options, indexing });
    return await manifestThere(lake, version);
  };
  const verify = async (manifest: IndexManifest): Promise<IndexManifest> => {
    if (manifest.verification) return manifest;
    options.onVerify?.();
    return await verifyIn(indexing, lake, manifest, store);
  };
  const found = await soundManifest(lake, version, store, isWhole);
  const tail = found || isWhole ? undefined : await tailOf(lake, build, { store, format });
  const manifest = await verify(found ?? (await make(tail)));
  if (!manifest.base || faultsOf(manifest.verification!, minRecall).length === 0) return manifest;
  await removeJson(manifestPath(lake, version));
  return await verify(await make(undefined));
}

/** Throws with exit code 75 where somebody has removed it. */
async function manifestThere(lake: Lake, version: string): Promise<IndexManifest> {
  const manifest = await readManifest(lake, version);
  if (manifest) return manifest;
  throw new ThroughlineError(`the index ${version} was removed while it was made`, {
    code: 'index_missing',
    exitCode: EXIT.tryAgain,
    hint: 'Another run or throughline index gc may have done it. Try again: throughline run',
  });
}

/** Undefined also for a version whose files are not what they were, or that hangs on another where it must not: it is built again. */
async function soundManifest(
  lake: Lake,
  version: string,
  store: StoreSetting,
  isWhole: boolean,
): Promise<IndexManifest | undefined> {
  const manifest = await readManifest(lake, version);
  if (!manifest) return undefined;
  const isFit = !(isWhole && manifest.base) && (await damageOf(lake, manifest, store)) === undefined;
  if (isFit) return manifest;
  await removeJson(manifestPath(lake, version));
  return undefined;
}

/** Measures the version and keeps the report in its manifest. */
export async function verifyVersion(
  lake: Lake,
  manifest: IndexManifest,
  store: StoreSetting,
  signal: AbortSignal,
): Promise<IndexManifest> {
  await using indexing = openIndexProcess(signal);
  return await verifyIn(indexing, lake, manifest, store);
}

async function verifyIn(
  indexing: IndexProcess,
  lake: Lake,
  manifest: IndexManifest,
  store: StoreSetting,
): Promise<IndexManifest> {
  const verification = await indexing.verify({ lakeRoot: lake.root, version: manifest.version, store });
  const verified = { ...(await manifestThere(lake, manifest.version)), verification };
  await replaceJson(manifestPath(lake, manifest.version), verified);
  return verified;
}

async function buildIndex(
  lake: Lake,
  build: Build,
  model: Pick<ModelInfo, 'dimension' | 'digest'>,
  { version, tail }: { version: string; tail: Tail | undefined },
  options: MakeOptions & { indexing: IndexProcess },
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
      ...{ store: options.store, version, pipeline: lake.pipeline.id, root: lake.root },
      target,
      dimension: model.dimension,
      attributes: build.info.mapping.attributes,
      ...(tail && { chunks: tail.plan.chunks }),
    };
    const built = await options.indexing.build(request, options.onProgress).catch(async (error) => {
      throw await orFullDisk(error, target);
    });
    const manifest: IndexManifest = {
      version,
      format: FORMAT,
      build: build.info.digest,
      passagesVersion: passages.version,
      recordsVersion: build.tables.records.version,
      passages: tail ? tail.base.passages - tail.plan.base.gone + built.passages : built.passages,
      dimension: model.dimension,
      modelDigest: model.digest,
      ...(build.info.model === undefined ? {} : { model: build.info.model }),
      mapping: build.info.mapping,
      ...(tail && { base: tail.plan.base }),
      ...built.kept,
      madeAt: options.clock(),
      ms: Math.round(performance.now() - started),
    };
    await (isRemote(lake.root) ? publish : moveIntoPlace)(lake, manifest, target, options.signal);
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

interface Tail {
  base: IndexManifest;
  plan: TailPlan;
}

/** What a tail of the promoted version's base would hold, where the promoted version is of the same build and a tail is enough. */
async function tailOf(
  lake: Lake,
  build: Build,
  { store, format }: { store: StoreSetting; format: string },
): Promise<Tail | undefined> {
  const { index } = await readCurrent(lake);
  const promoted = index === undefined ? undefined : await readManifest(lake, index);
  if (promoted?.build !== build.info.digest || !promoted.version.endsWith(`-${format}`)) return undefined;
  if (await damageOf(lake, promoted, store)) return undefined;
  const base = promoted.base ? await readManifest(lake, promoted.base.version) : promoted;
  const plan = base && (await planTail(build.tables.passages, base));
  return plan && { base, plan };
}

async function moveIntoPlace(lake: Lake, manifest: IndexManifest, target: string): Promise<void> {
  const files = await listIndexFiles(join(target, COLLECTION));
  await replaceJson(join(target, 'manifest.json'), { ...manifest, files } satisfies IndexManifest);
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
