/** The config of a run that was: its recorded settings, with what was not recorded from the config of today. */
import { type Config, ConfigError, parseSettings } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { HIDDEN, plainAddress, type RunEntry } from '../run/index.ts';
import { versionOf } from '../source/delta-table.ts';

/** Sections that shape no table: who is told, where it runs, what is good enough. */
const OF_TODAY = ['engine', 'share', 'retry', 'vectors'] as const satisfies (keyof Config)[];

/** The files that the run read, as the manifest names them. */
interface RecordedFile {
  name: string;
  bytes: number;
}

/**
 * For a run into a lake of its own: nobody is told, nothing is registered, nothing decides about a promotion, nobody is asked for
 * names, and the source is the files that were read, whatever the pattern finds by now. Throws with exit code 78 where settings were
 * not recorded, or are none any more.
 */
export function recordedConfig(
  { run, manifest, sourceToken }: RunEntry,
  today: Config,
  lake: string,
): Config {
  const recorded = manifest.settings as Config | undefined;
  if (recorded === undefined) throw notRecorded(run, 'it is of a time at which settings were not recorded');
  const settings = withSecrets(recorded, today, '', run) as Config;
  const files = (manifest.files ?? []) as RecordedFile[];
  const { taxonomy: _taxonomy, label: _label, ...themes } = settings.themes;
  const { catalog: _catalog, acceptance: _acceptance, search: _search, ...shaping } = settings;
  const value = {
    ...shaping,
    source: {
      ...settings.source,
      ...(files.length > 0 && { path: files.map(({ name }) => name) }),
      ...versionRead(settings, sourceToken),
    },
    // Other checks leave the rows as they are.
    quality: settings.quality.filter((check) => 'severity' in check && check.severity === 'reject'),
    index: { ...settings.index, store: 'zvec', minRecall: 0 },
    themes,
    lake,
    ...Object.fromEntries(OF_TODAY.map((name) => [name, today[name]])),
  };
  try {
    return parseSettings(value, `the run ${run}`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw notRecorded(run, `this version does not read them: ${error.message.split('\n')[0]}`);
  }
}

/** Of a Delta table the version that was read. */
function versionRead({ source }: Config, token: string | undefined): { version?: number } {
  const version = source.type === 'delta' ? versionOf({ files: [], token }) : undefined;
  return version === undefined ? {} : { version };
}

/** Addresses get back their users and parameters, and hidden values their text, where the config of today has them. */
function withSecrets(recorded: unknown, today: unknown, path: string, run: string): unknown {
  if (recorded === HIDDEN) {
    if (typeof today === 'string') return today;
    throw new ThroughlineError(
      `${path} of the run ${run} was not recorded, and the config does not have it`,
      {
        code: 'setting_missing',
        exitCode: EXIT.config,
        hint: `Secrets are never kept: set ${path} in the config as it was then.`,
      },
    );
  }
  if (typeof recorded === 'string')
    return typeof today === 'string' && plainAddress(today) === recorded ? today : recorded;
  if (recorded === null || typeof recorded !== 'object') return recorded;
  const other = (today ?? {}) as Record<string, unknown>;
  if (Array.isArray(recorded))
    return recorded.map((one, i) => withSecrets(one, other[i], `${path}.${i}`, run));
  return Object.fromEntries(
    Object.entries(recorded).map(([name, inner]) => [
      name,
      withSecrets(inner, other[name], path === '' ? name : `${path}.${name}`, run),
    ]),
  );
}

function notRecorded(run: string, why: string): ThroughlineError {
  return new ThroughlineError(`the settings of the run ${run} cannot be used: ${why}`, {
    code: 'settings_missing',
    exitCode: EXIT.config,
    hint: 'Choose a later run: throughline runs',
  });
}
