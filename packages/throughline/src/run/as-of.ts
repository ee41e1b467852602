/**
 * Index and themes of the passages as they stood then, beside those that serve. Passages keep their versions and sources do not: so this
 * derives anew from the tables, and reads no source.
 */
import { type DeltaError, openTable, VersionNotFoundError } from '@throughline/delta';
import type { LoadedConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type Build, existingBuild } from '../lake/build.ts';
import { type Lake, promotedBuild } from '../lake/lake.ts';
import { modelInfo, specOf } from '../model/index.ts';
import { indexFaults, makeIndex } from '../search/index.ts';
import { configuredProgram, openNaming, themesAsOf } from '../theme/index.ts';
import { findRun } from './find-run.ts';
import { resultOf } from './result-of.ts';
import type { RunEffects } from './run-effects.ts';

export interface DerivedAsOf {
  build: string;
  /** Versions of the tables that it was made from. */
  tables: { records: number; passages: number };
  /** When the version of the passages was committed, in milliseconds since 1970 UTC. */
  at: number;
  index: string;
  themes: string;
  /** Why the index must not serve; empty if it may. */
  faults: string[];
}

/**
 * `when`: a run as `runs show` takes it, or a time (ISO 8601) at which the promoted build stood as it is wanted. Nothing is promoted,
 * and what serves stays. Throws with exit code 66 where the tables do not reach back so far, 78 where the model is another.
 */
export async function deriveAsOf(
  { config, directory }: LoadedConfig,
  lake: Lake,
  when: string,
  { signal, clock, reporter }: RunEffects,
): Promise<DerivedAsOf> {
  const build = await buildAsOf(lake, when);
  const spec = specOf(config.embed, directory);
  const model = await modelInfo(spec, { tell: reporter.info, signal });
  if (model.digest !== build.info.modelDigest)
    throw new ThroughlineError(
      `the passages of ${when} have vectors of another model than the config names`,
      {
        code: 'model_changed',
        exitCode: EXIT.config,
        hint: 'Name the model of then in embed:, or another run.',
      },
    );
  const { minRecall, store } = config.index;
  const index = await makeIndex(lake, build, model, {
    ...{ minRecall, store, signal, clock },
    onBuild: () => reporter.stage('index'),
    onProgress: (passages) => reporter.indexed?.(passages),
  });
  await using naming = openNaming(config.themes, spec, process.env);
  const program = await configuredProgram({ config, directory });
  const themes = await themesAsOf(lake, build, config.themes, {
    ...{ naming, program, signal, clock },
    onFit: () => reporter.stage('themes'),
  });
  const { records, passages } = build.tables;
  return {
    build: build.info.digest,
    tables: { records: records.version, passages: passages.version },
    at: passages.timestamp,
    index: index.version,
    themes: themes.version,
    faults: indexFaults(index, config.index),
  };
}

async function buildAsOf(lake: Lake, when: string): Promise<Build> {
  const time = timeOf(when);
  const result = time === undefined ? resultOf(await findRun(lake, when)) : undefined;
  const build = await existingBuild(lake, result?.build ?? (await promotedBuild(lake)));
  const at = (table: 'records' | 'passages') =>
    openTable(
      build.tables[table].root,
      result ? { version: result.tables[table] } : { timestamp: time! },
    ).catch((error) => {
      if (!(error instanceof VersionNotFoundError)) throw error;
      throw gone(when, error);
    });
  const [records, passages] = await Promise.all([at('records'), at('passages')]);
  return { ...build, tables: { ...build.tables, records, passages } };
}

/** Ids of runs are no ISO 8601: `20240102T030405Z-1a2b3c4d`. */
function timeOf(text: string): number | undefined {
  const isTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text);
  if (!isTime) return undefined;
  // Without a zone it is UTC, as everywhere.
  const isLocal = text.includes('T') && !/(Z|[+-]\d{2}:\d{2})$/.test(text);
  const time = Date.parse(isLocal ? `${text}Z` : text);
  if (!Number.isNaN(time)) return time;
  throw new ThroughlineError(`${text} is no time`, { code: 'usage', exitCode: EXIT.usage });
}

function gone(when: string, cause: DeltaError): ThroughlineError {
  return new ThroughlineError(`the tables do not reach back to ${when}: ${cause.message}`, {
    code: 'version_gone',
    exitCode: EXIT.noInput,
    hint: 'Old versions go with throughline lake vacuum, and with time; throughline runs pin keeps those of a run.',
    cause,
  });
}
