/** Themes follow the tables: fitted where the policy says so, and promoted when all tables of the version are complete. */
import { ConcurrentModificationError, VersionNotFoundError } from '@throughline/delta';
import type { Config } from '../config/index.ts';
import type { Build } from '../lake/build.ts';
import { digestOf } from '../lake/canonical.ts';
import { type Lake, promoteDerived, readCurrent } from '../lake/lake.ts';
import { readEditLog } from './edit-log.ts';
import { type FitSettings, readFit, type ThemeFit } from './fit-store.ts';
import { type FreshFit, fitThemes } from './fit-themes.ts';
import type { LabelReport } from './label/label-themes.ts';
import type { Naming } from './label/naming.ts';
import { readThemesManifest, type ThemesManifest } from './manifest.ts';
import { previousThemes } from './previous.ts';
import type { ThemesProgram } from './program.ts';
import { type VersionRequest, versionName } from './publish-version.ts';
import { published } from './published.ts';
import { decideFit, type FitDecision } from './refit-policy.ts';
import { removeOldThemes } from './remove-old-themes.ts';
import { removeUnused } from './remove-unused.ts';
import { countSinceFit } from './since-fit.ts';
import { rowsOf } from './table-rows.ts';
import { type Guide, makeTopics } from './topics/make-topics.ts';
import { untilThere } from './until-there.ts';

export interface RefreshThemesOptions {
  signal: AbortSignal;
  clock: () => number;
  /** Told when themes have to be fitted, or passages assigned. */
  onFit?: () => void;
  /** Fits whatever the policy says. */
  force?: boolean;
  /** Asked for names where the settings ask for some. */
  naming?: Naming | undefined;
  /** Of `themes.command`: what finds the themes. */
  program: ThemesProgram | undefined;
  /** Topics that are known, which stand beside the themes. */
  guide?: Guide | undefined;
}

export interface RefreshedThemes {
  version: string;
  decision: FitDecision;
  /** What became of the names that were asked for, where the version was made now. */
  names: LabelReport | undefined;
}

/** Makes and promotes the themes of the build's passages unless they are there. */
export async function refreshThemes(
  lake: Lake,
  build: Build,
  settings: Config['themes'],
  { signal, clock, onFit, force = false, naming, program, guide }: RefreshThemesOptions,
): Promise<RefreshedThemes> {
  const { passages } = build.tables;
  const topics = guide && (await makeTopics(lake, build, settings, guide, { clock, signal, onFit }));
  for (let isForced = force; ; isForced = false) {
    const base = await promotedBase(lake);
    const { decision, sinceFit } = await decide(lake, build, settings, { base, isForced, program, clock });
    const log = await readEditLog(lake);
    const made = { passages, build: build.info.digest, topics };
    const shared = { ...made, log, settings, naming, decision, sinceFit, clock, signal };
    const withFit = (fit: ThemeFit, fresh?: FreshFit): VersionRequest => ({
      ...{ ...shared, fit, fresh, base: base?.manifest },
    });
    let request: VersionRequest;
    if (decision.refit) {
      onFit?.();
      const { fit, fresh } = await makeFit(lake, build, settings, { isForced, program, clock, signal });
      request = withFit(fit, fresh);
    } else {
      request = withFit(base!.fit);
      if (base!.manifest.version !== versionName(request)) onFit?.();
    }
    const isThere = (await readThemesManifest(lake, versionName(request))) !== undefined;
    const manifest = await published(lake, request);
    await promoteThemes(lake, manifest, clock);
    // Somebody may have edited meanwhile, and seen an edit of the version before promoted.
    if ((await readEditLog(lake)).length === log.length) {
      const { version, names } = manifest;
      return { version, decision, names: isThere ? undefined : names };
    }
  }
}

/**
 * The themes of an earlier version of the passages, beside those that serve: of the fit that was made of them, or of a new one, with all
 * edits. Ids go on from the themes that are promoted now.
 */
export async function themesAsOf(
  lake: Lake,
  build: Build,
  settings: Config['themes'],
  { signal, clock, onFit, naming, program }: Omit<RefreshThemesOptions, 'force' | 'guide'>,
): Promise<ThemesManifest> {
  onFit?.();
  const made = await makeFit(lake, build, settings, { isForced: false, program, clock, signal });
  const why = `as of version ${build.tables.passages.version} of the passages`;
  return await published(lake, {
    ...{ passages: build.tables.passages, build: build.info.digest, fit: made.fit, fresh: made.fresh },
    ...{ base: undefined, log: await readEditLog(lake), topics: undefined, settings, naming },
    ...{ decision: { refit: true, reason: 'forced', why }, sinceFit: NONE, clock, signal },
  });
}

export interface Base {
  manifest: ThemesManifest;
  fit: ThemeFit;
}

/** Undefined where nothing is promoted, or was made before fits were kept. */
export async function promotedBase(lake: Lake): Promise<Base | undefined> {
  const { themes } = await readCurrent(lake);
  const manifest = themes === undefined ? undefined : await readThemesManifest(lake, themes);
  const fit = manifest?.fit === undefined ? undefined : await readFit(lake, manifest.fit);
  return manifest && fit && { manifest, fit };
}

function fitSettings(settings: Config['themes'], program: ThemesProgram | undefined): FitSettings {
  const { method, command, revision, count, sample, stratify, seed, noise, order } = settings;
  return {
    ...{ method, command, revision, count, sample, stratify, seed, noise, order },
    ...(program && { program: program.digest }),
  };
}

const NONE = { passages: 0, far: 0 };

interface FitEffects {
  isForced: boolean;
  program: ThemesProgram | undefined;
  clock: () => number;
}

async function decide(
  lake: Lake,
  build: Build,
  settings: Config['themes'],
  { base, isForced, program, clock }: FitEffects & { base: Base | undefined },
): Promise<{ decision: FitDecision; sinceFit: typeof NONE }> {
  const refit = (reason: FitDecision['reason'], why: string) => ({
    decision: { refit: true, reason, why },
    sinceFit: NONE,
  });
  if (!base) return refit('first', 'there were none');
  if (isForced) return refit('forced', 'it was asked for');
  const other = otherThan(base, build, settings, program);
  if (other) return { decision: other, sinceFit: NONE };
  const { passages } = build.tables;
  const kept = asTheyWere(base, passages);
  if (kept) return { decision: kept, sinceFit: base.manifest.sinceFit ?? NONE };
  if (base.fit.themes.length === 0) return refit('first', 'the last fit has found none');
  try {
    const since = await countSinceFit(lake, base.manifest, base.fit, passages);
    const growth = Math.abs(rowsOf(await passages.files()) / base.fit.passages - 1);
    const facts = { growth, since, age: clock() - base.fit.madeAt };
    const found = decideFit(facts, settings.refit);
    return { decision: found, sinceFit: found.refit ? NONE : since };
  } catch (error) {
    if (!(error instanceof VersionNotFoundError)) throw error;
    return refit('drift', 'the log of the passages no longer says what has changed');
  }
}

/** Why the fit cannot be kept, whatever the policy says. */
export function otherThan(
  { manifest, fit }: Base,
  { info }: Pick<Build, 'info'>,
  settings: Config['themes'],
  program: ThemesProgram | undefined,
): FitDecision | undefined {
  const refit = (why: string): FitDecision => ({ refit: true, reason: 'settings', why });
  if (manifest.build !== info.digest) return refit('the tables are of another build');
  const shape = fitSettings(settings, program);
  if (digestOf(fit.settings) === digestOf(shape)) return undefined;
  const isProgramAlone = digestOf({ ...fit.settings, program: shape.program }) === digestOf(shape);
  return refit(isProgramAlone ? 'the program of themes.command has changed' : 'other settings of the themes');
}

/** The decision where nothing has come since the promoted version. */
export function asTheyWere({ manifest }: Base, passages: { version: number }): FitDecision | undefined {
  if (manifest.passagesVersion < passages.version) return undefined;
  return { refit: false, reason: 'kept', why: 'the passages are as they were' };
}

async function makeFit(
  lake: Lake,
  build: Build,
  settings: Config['themes'],
  { isForced, program, clock, signal }: FitEffects & { signal: AbortSignal },
): Promise<{ fit: ThemeFit; fresh?: FreshFit }> {
  const { passages } = build.tables;
  const shape = fitSettings(settings, program);
  const plain = `${build.info.digest}-v${passages.version}-${digestOf(shape).slice(0, 8)}`;
  let name = plain;
  for (let n = 2; isForced && (await readFit(lake, name)); n++) name = `${plain}-${n}`;
  const there = await readFit(lake, name);
  if (there) return { fit: there };
  const request = {
    ...{ name, build: build.info.digest, passages, settings: shape, program, clock, signal },
    modelDigest: build.info.modelDigest,
    previous: await previousThemes(lake),
  };
  const fresh = await fitThemes(lake, request).catch((error) => {
    // Another run fits the same, and names its themes after the same ones.
    if (!(error instanceof ConcurrentModificationError)) throw error;
    return undefined;
  });
  if (fresh) return { fit: fresh.fit, fresh };
  return { fit: await untilThere(() => readFit(lake, name), signal, name) };
}

/** False where another build has been promoted since. */
export async function promoteThemes(
  lake: Lake,
  manifest: ThemesManifest,
  clock: () => number,
): Promise<boolean> {
  const { themes: served } = await readCurrent(lake);
  if (served === manifest.version) return true;
  if (!(await promoteDerived(lake, manifest.build, { themes: manifest.version }))) return false;
  await removeOldThemes(lake, { promoted: manifest.version, served }, clock());
  await removeUnused(lake, clock());
  return true;
}
