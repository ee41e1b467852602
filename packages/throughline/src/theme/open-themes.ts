/** The tables of the promoted themes, each at the version that belongs to the others. */
import { openTable, quoteIdentifier, type Snapshot } from '@throughline/delta';
import { EXIT, ThroughlineError } from '../error.ts';
import { toDuckDb } from '../filter/index.ts';
import { existingBuild } from '../lake/build.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { withinFilter } from '../search/within.ts';
import { readThemesManifest } from './manifest.ts';

export interface ThemeTables {
  version: string;
  themes: Snapshot;
  assignments: Snapshot;
  /** Undefined in versions made before records had themes. */
  recordThemes: Snapshot | undefined;
  /** The version of the passages that the themes were made from. */
  passages: Snapshot;
  textAttributes: string[];
  /** Condition in DuckDB's SQL for rows of `passages`: those that whoever asks may see; undefined where these are all. */
  within: string | undefined;
}

/** How themes are asked for, beside what. */
export interface ThemesAsking {
  /** CEL: only the passages of records that meet it count and are shown. Labels and keywords stay those of all. */
  within?: string | undefined;
}

/** Throws with exit code 66 if there are none yet. */
export async function openThemes(lake: Lake, asking: ThemesAsking = {}): Promise<ThemeTables> {
  const { themes: version } = await readCurrent(lake);
  const manifest = version === undefined ? undefined : await readThemesManifest(lake, version);
  if (!manifest) throw themesMissing(lake);
  const { info, tables } = await existingBuild(lake, manifest.build);
  const within = withinFilter(info.mapping, asking);
  return {
    version: manifest.version,
    themes: await openTable(lakePath(lake.root, 'themes', manifest.version)),
    assignments: await openTable(lakePath(lake.root, 'assignments', manifest.version)),
    recordThemes:
      manifest.fit === undefined
        ? undefined
        : await openTable(lakePath(lake.root, 'record_themes', manifest.version)),
    passages: await openTable(tables.passages.root, { version: manifest.passagesVersion }),
    textAttributes: info.mapping.attributes.flatMap(({ name, type }) => (type === 'string' ? [name] : [])),
    within: within && toDuckDb(within, quoteIdentifier),
  };
}

/** The table of the records' themes. Throws with exit code 66 where the version is older than it. */
export function recordThemesOf({ recordThemes }: ThemeTables): Snapshot {
  if (recordThemes) return recordThemes;
  throw new ThroughlineError('the themes were made before records had themes', {
    code: 'themes_old',
    exitCode: EXIT.noInput,
    hint: 'Make them anew, with the ids that they have: throughline themes fit',
  });
}

export function themesMissing({ root }: Lake): ThroughlineError {
  return new ThroughlineError(`the lake ${root} has no themes yet`, {
    code: 'themes_missing',
    exitCode: EXIT.noInput,
    hint: 'Find them: throughline run',
  });
}
