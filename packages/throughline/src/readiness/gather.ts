/** Reads what readiness is judged by. Nothing is written, embedded or asked of an API. */
import { openLedger } from '../chunk/ledger.ts';
import type { LoadedConfig } from '../config/index.ts';
import { openEngine } from '../engine/open.ts';
import { type Build, type BuildTable, existingBuild } from '../lake/build.ts';
import { buildInfo } from '../lake/build-info.ts';
import { listDeadLetters } from '../lake/dead-letters.ts';
import { checkOwner, type Lake, lakeIfThere, readCurrent } from '../lake/lake.ts';
import { listPins } from '../lake/pins.ts';
import { rowsOfChunks } from '../lake/rows-of-chunks.ts';
import { listResults } from '../quality/index.ts';
import { listRuns, packageVersions, prepare, type RunEntry, type RunResult } from '../run/index.ts';
import type { Prepared } from '../run/prepare.ts';
import { indexFaults, readManifest } from '../search/index.ts';
import { readThemesManifest } from '../theme/manifest.ts';
import { dagState } from './dag-state.ts';
import type { Facts, FinishedRun, LakeFacts, RunManifest } from './facts.ts';
import { sourceState } from './source-state.ts';

/** Results of checks that are looked at: those of the last runs. */
const MOST_RESULTS = 2_000;

export interface GatherOptions {
  profile: string | undefined;
  /** A DAG file to look at. */
  dag: string | undefined;
  command: Facts['command'];
}

export interface Gathered {
  facts: Facts;
  lake: Lake | undefined;
  build: Build | undefined;
}

/** Throws where the config, the source or the lake cannot be read. Memory: the ledger of one build, and the manifests of runs. */
export async function gather(
  loaded: LoadedConfig,
  { profile, dag, command }: GatherOptions,
): Promise<Gathered> {
  const { config } = loaded;
  await using engine = await openEngine(loaded, {});
  const prepared = await prepare(loaded, engine, {}, { goesBy: 'settled' });
  const versions = await packageVersions();
  const lake = await lakeIfThere(prepared.lakeRoot);
  if (lake) checkOwner(lake, config.name);
  const { spec, model } = prepared;
  const version = versions.throughline!;
  const state = dag === undefined ? undefined : await dagState(dag, { config, profile, version });
  const shared = { config, spec, model, versions, command, dag: state };
  if (!lake) return { facts: { ...shared, lake: undefined }, lake, build: undefined };
  const current = await readCurrent(lake);
  const build = current.build === undefined ? undefined : await existingBuild(lake, current.build);
  return { facts: { ...shared, lake: await lakeFacts(lake, build, loaded, prepared) }, lake, build };
}

async function lakeFacts(
  lake: Lake,
  build: Build | undefined,
  loaded: LoadedConfig,
  prepared: Prepared,
): Promise<LakeFacts> {
  const current = await readCurrent(lake);
  const runs = await listRuns(lake);
  const finished = runs.flatMap(finishedRun);
  const rule = prepared.rule ?? lake.pipeline.rule;
  const manifest = current.index === undefined ? undefined : await readManifest(lake, current.index);
  return {
    ...{ current, runs, finished },
    expected: rule && buildInfo(prepared.config, rule, prepared, undefined).digest,
    build: build && (await builtFacts(lake, build)),
    source: await sourceState(lake, loaded, prepared, build),
    index: manifest && { manifest, faults: indexFaults(manifest, prepared.config.index) },
    themes: current.themes === undefined ? undefined : await readThemesManifest(lake, current.themes),
    openDeadLetters: build ? (await listDeadLetters(lake, 0)).total : 0,
    results: await listResults(lake, { limit: MOST_RESULTS }),
    pins: await listPins(lake),
  };
}

async function builtFacts(lake: Lake, build: Build): Promise<NonNullable<LakeFacts['build']>> {
  const of = async (name: BuildTable) => {
    const table = build.tables[name];
    return { version: table.version, rowsByChunk: await rowsOfChunks(table) };
  };
  const [records, passages, dead_letters] = await Promise.all([
    of('records'),
    of('passages'),
    of('dead_letters'),
  ]);
  return {
    digest: build.info.digest,
    isSample: build.info.sample !== undefined,
    tables: { records, passages, dead_letters },
    states: (await openLedger(lake, build.info.digest)).states,
  };
}

function finishedRun({ manifest, ...entry }: RunEntry): FinishedRun[] {
  const result = manifest.result as RunResult | undefined;
  return result === undefined ? [] : [{ ...entry, result, manifest: manifest as RunManifest }];
}
