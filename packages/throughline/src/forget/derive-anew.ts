/** Index and themes without the records: new versions serve, and all that hold them go, from this machine's copies too. */
import type { LoadedConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type Build, existingBuild } from '../lake/build.ts';
import { replaceJson } from '../lake/json-file.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { isRemote } from '../lake/lake-path.ts';
import { removeOldVersions } from '../lake/remove-old-versions.ts';
import { specOf } from '../model/index.ts';
import { indexFaults, makeIndex, promoteIndex, removeOldIndexes } from '../search/index.ts';
import { removeCopy } from '../search/index-copy.ts';
import { type IndexManifest, manifestPath, readableManifest, readManifest } from '../search/manifest.ts';
import { existingManifest } from '../search/versions.ts';
import { configuredProgram, configuredTaxonomy, openNaming, refreshThemes } from '../theme/index.ts';
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

/**
 * An index that is older than the table is made anew whoever holds what: those who search would read what streams committed since.
 * So is with `isPurge` all that serves and stands on an older version of the tables, which ends.
 */
export async function deriveAnew(
  loaded: LoadedConfig,
  lake: Lake,
  { holders, isPurge }: { holders: Holders; isPurge: boolean },
  effects: DeriveEffects,
): Promise<Derivation> {
  const current = await readCurrent(lake);
  const index =
    current.index !== undefined &&
    (holders.indexes.has(current.index) || (await isOld(lake, await readManifest(lake, current.index))));
  const themes =
    current.themes !== undefined &&
    (holders.themes.has(current.themes) ||
      (isPurge && (await isOld(lake, await readThemesManifest(lake, current.themes)))));
  const made = {
    ...(index && { index: await renewIndex(loaded, lake, current.index!, effects) }),
    ...(themes && { themes: await renewThemes(loaded, lake, current.build!, effects) }),
  };
  return { ...made, removed: await removeHolders(loaded, lake, holders, effects) };
}

/** Whether the passages, or the records where their version is told, have gone on since. */
async function isOld(lake: Lake, made: MadeOf | undefined): Promise<boolean> {
  if (made === undefined) return false;
  const { passages, records } = (await existingBuild(lake, made.build)).tables;
  return (
    made.passagesVersion < passages.version || (made.recordsVersion ?? records.version) < records.version
  );
}

type MadeOf = Pick<IndexManifest, 'build' | 'passagesVersion' | 'recordsVersion'>;

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
  const made = await makeIndex(lake, build, model, { minRecall, store, signal, clock, isWhole: true });
  const index = await ofTheseRecords(lake, made, build, clock);
  // What serves holds what must not be there: this one serves, and says what is wrong with it.
  for (const fault of indexFaults(index, config.index)) tell(`warning: ${fault}`);
  if (await promoteIndex(lake, index, { seen: digest, settings: config.index, clock })) return index.version;
  throw new ThroughlineError('another run has promoted an index meanwhile', {
    code: 'index_overtaken',
    exitCode: EXIT.tryAgain,
    hint: 'Wait for it to end, and try the same again.',
  });
}

/** Of the same passages there may be one already that shows records as they were. Who follows it opens it again: it is made now. */
async function ofTheseRecords(
  lake: Lake,
  made: IndexManifest,
  { tables: { records } }: Build,
  clock: () => number,
): Promise<IndexManifest> {
  if (made.recordsVersion === records.version) return made;
  const index = { ...made, recordsVersion: records.version, madeAt: clock() };
  await replaceJson(manifestPath(lake, made.version), index);
  return index;
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
  const program = await configuredProgram(loaded);
  await using naming = openNaming(config.themes, spec, env);
  tell('Making the themes without them ...');
  const { version } = await refreshThemes(lake, await existingBuild(lake, digest), config.themes, {
    ...{ signal, clock, naming, program },
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
  if (isRemote(lake.root)) await removeCopies(lake, holders.indexes);
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
  const named = (folder: string, versions: string[]) => versions.map((version) => `${folder}/${version}`);
  return [...named('indexes', indexes), ...named('themes', themes), ...named('topics', topics)];
}

/** Of a version whose manifest nobody can read there is no telling which they are: they go as they get old, and the proof finds them. */
async function removeCopies(lake: Lake, versions: ReadonlySet<string>): Promise<void> {
  for (const version of versions) {
    const content = (await readableManifest(lake, version))?.content;
    if (content) await removeCopy(lake, version, content);
  }
}
