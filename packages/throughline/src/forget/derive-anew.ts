/** Index and themes without the records: new versions serve, and all that hold them go, from this machine's copies too. */
import { rm } from 'node:fs/promises';
import type { LoadedConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { existingBuild } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { isRemote } from '../lake/lake-path.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import { specOf } from '../model/index.ts';
import { indexFaults, makeIndex, promoteIndex, removeOldIndexes } from '../search/index.ts';
import { copiesFolder } from '../search/index-copy.ts';
import { existingManifest } from '../search/versions.ts';
import { configuredTaxonomy, openNaming, refreshThemes } from '../theme/index.ts';
import { readThemesManifest } from '../theme/manifest.ts';
import type { Holders } from './holders.ts';

export interface DeriveEffects {
  signal: AbortSignal;
  clock: () => number;
  env: NodeJS.ProcessEnv;
  /** Told what takes its time. */
  tell: (message: string) => void;
}

export interface Derivation {
  /** Versions that serve now instead of others; absent where none had to. */
  index?: string;
  themes?: string;
  /** Names of versions that are gone, with their folder. */
  removed: string[];
}

export async function deriveAnew(
  loaded: LoadedConfig,
  lake: Lake,
  holders: Holders,
  effects: DeriveEffects,
): Promise<Derivation> {
  const current = await readCurrent(lake);
  const index = current.index !== undefined && holders.indexes.has(current.index);
  const themes = current.themes !== undefined && holders.themes.has(current.themes);
  const made = {
    ...(index && { index: await renewIndex(loaded, lake, current.index!, effects) }),
    ...(themes && { themes: await renewThemes(loaded, lake, current.build!, effects) }),
  };
  return { ...made, removed: await removeHolders(loaded, lake, holders, effects) };
}

async function renewIndex(
  { config }: LoadedConfig,
  lake: Lake,
  promoted: string,
  { signal, clock, tell }: DeriveEffects,
): Promise<string> {
  const { build: digest, dimension, modelDigest } = await existingManifest(lake, promoted);
  const build = await existingBuild(lake, digest);
  const { minRecall, store } = config.index;
  tell('Building the search index without them ...');
  const model = { dimension, digest: modelDigest };
  const index = await makeIndex(lake, build, model, { minRecall, store, signal, clock, isWhole: true });
  // What serves holds what must not be there: this one serves, and says what is wrong with it.
  for (const fault of indexFaults(index, config.index)) tell(`warning: ${fault}`);
  if (await promoteIndex(lake, index, { seen: digest, settings: config.index, clock })) return index.version;
  throw new ThroughlineError('another run has promoted an index meanwhile', {
    code: 'index_overtaken',
    exitCode: EXIT.tryAgain,
    hint: 'Wait for it to end, and try the same again.',
  });
}

async function renewThemes(
  loaded: LoadedConfig,
  lake: Lake,
  digest: string,
  { signal, clock, env, tell }: DeriveEffects,
): Promise<string> {
  const { config, directory } = loaded;
  const spec = specOf(config.embed, directory);
  const taxonomy = await configuredTaxonomy(loaded);
  await using naming = openNaming(config.themes, spec, env);
  tell('Making the themes without them ...');
  const { version } = await refreshThemes(lake, await existingBuild(lake, digest), config.themes, {
    ...{ signal, clock, naming },
    guide: taxonomy && { taxonomy, spec },
  });
  return version;
}

async function removeHolders(
  { config }: LoadedConfig,
  lake: Lake,
  holders: Holders,
  { clock }: DeriveEffects,
): Promise<string[]> {
  const indexes = await removeOldIndexes(lake, config.index, clock, { unwanted: holders.indexes });
  const { themes: promoted } = await readCurrent(lake);
  const serving = promoted === undefined ? undefined : await readThemesManifest(lake, promoted);
  const remove = (folders: [string, ...string[]], stays: string | undefined, unwanted: ReadonlySet<string>) =>
    removeOldVersions(
      lake,
      { folders, promoted: stays, keep: 1, isAwaited: (version) => !unwanted.has(version) },
      clock(),
    );
  const themes = await remove(['themes', 'assignments', 'record_themes'], promoted, holders.themes);
  const topics = await remove(['topics', 'topic_assignments'], serving?.topics, holders.topics);
  if (isRemote(lake.root)) await rm(copiesFolder(lake), { recursive: true, force: true });
  const named = (folder: string, versions: string[]) => versions.map((version) => `${folder}/${version}`);
  return [...named('indexes', indexes), ...named('themes', themes), ...named('topics', topics)];
}
