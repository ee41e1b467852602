/** Reads throughline.yaml: YAML, ${ENV}, profile, schema; every error names the line and the column. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  type Document,
  isDocument,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type visitor,
} from 'yaml';
import { EXIT, ThroughlineError } from '../error.ts';
import { mappingOf } from '../source/mapping.ts';
import { suggest } from '../suggest.ts';
import { overrideEngine } from './override-engine.ts';
import { type ConfigProblem, describeIssue, place, placeOf } from './problems.ts';
import { type Config, configSchema } from './schema.ts';

export interface LoadedConfig {
  config: Config;
  /** Absolute path of the config file. */
  file: string;
  /** Folder that relative paths in the config start from. */
  directory: string;
}

export class ConfigError extends ThroughlineError {
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[], hint?: string) {
    const lines = problems.map(({ message, line, column }) =>
      line === undefined ? `${file}: ${message}` : `${file}:${line}:${column}: ${message}`,
    );
    super(lines.join('\n'), {
      code: 'config_invalid',
      exitCode: EXIT.config,
      ...(hint === undefined ? {} : { hint }),
    });
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface LoadOptions {
  profile?: string | undefined;
  /** In place of the config's: `local`, or the address of a cluster. */
  engine?: string | undefined;
  env?: NodeJS.ProcessEnv;
}

/** Throws ConfigError with every problem found at once, or an error with exit code 66 if there is no file. */
export async function loadConfig(file: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  const path = resolve(file);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new ThroughlineError(`there is no config file ${file}`, {
      code: 'config_missing',
      exitCode: EXIT.noInput,
      hint: 'Run in the folder of throughline.yaml, or name it: --config FILE.',
    });
  });
  return { config: parseConfig(text, file, options), file: path, directory: dirname(path) };
}

/** The pure part of `loadConfig`. */
export function parseConfig(
  text: string,
  file: string,
  { profile, engine, env = process.env }: LoadOptions = {},
): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const fail = (problems: ConfigProblem[]): never => {
    throw new ConfigError(file, problems);
  };
  if (document.errors.length > 0) {
    fail(
      document.errors.map((error) => ({
        message: error.message.split('\n')[0]!,
        ...place(lines, error.pos[0]),
      })),
    );
  }
  if (engine !== undefined) overrideEngine(document, profile, engine);
  const missing = substituteEnvironment(document, lines, env, profile);
  if (missing.length > 0) fail(missing);
  const value = plainData(document, fail);
  const whole = configSchema.safeParse(value);
  if (!whole.success)
    fail(whole.error.issues.flatMap((issue) => describeIssue(issue, document, lines, configSchema)));
  const { profiles = {} } = whole.data!;
  const { profiles: _, ...base } = value as Record<string, unknown>;
  if (profile !== undefined && !Object.hasOwn(profiles, profile)) {
    const near = suggest(profile, Object.keys(profiles));
    fail([{ message: `there is no profile "${profile}"${near ? `: did you mean "${near}"?` : ''}` }]);
  }
  const overlaid = overlay(base, profile === undefined ? {} : profiles[profile]!);
  const result = configSchema.omit({ profiles: true }).safeParse(overlaid);
  if (!result.success) {
    const prefix = ['profiles', profile!];
    fail(
      result.error.issues.flatMap((issue) =>
        describeIssue({ ...issue, path: [...prefix, ...issue.path] }, document, lines, configSchema),
      ),
    );
  }
  const config = result.data!;
  // Who asks for the local engine this once knows that it has none.
  if (config.catalog !== undefined && config.engine === 'local' && engine !== 'local') {
    const inProfile = ['profiles', profile, 'catalog'];
    const where = profile !== undefined && document.hasIn(inProfile) ? inProfile : ['catalog'];
    const message = 'catalog: only a Spark cluster has a catalog: engine: { spark: "sc://..." }';
    fail([{ message, ...placeOf(document, lines, where as string[]) }]);
  }
  const fault = orderFault(config) ?? timeFault(config) ?? watchFault(config);
  if (fault) fail([{ message: fault.message, ...placeOf(document, lines, fault.where) }]);
  return config;
}

interface Fault {
  message: string;
  where: string[];
}

/** Passages can be sorted by the id, the time and attributes. */
function orderFault(config: Config): Fault | undefined {
  const { timestamp, attributes } = config.source;
  const names = attributes.flatMap((one) => (typeof one === 'string' ? [one] : Object.keys(one)));
  const sortable = ['id', ...(timestamp === undefined ? [] : ['timestamp']), ...names];
  const unknown = config.themes.order?.find((name) => !sortable.includes(name));
  if (unknown === undefined) return undefined;
  const message = `themes.order: there is no "${unknown}" to sort by, but ${sortable.join(', ')}`;
  return { message, where: ['themes', 'order'] };
}

/** Of settings that have periods. */
function timeFault({ source, themes }: Config): Fault | undefined {
  const key = (['watch', 'stratify', 'freeze'] as const).find((one) => themes[one] !== undefined);
  if (key === undefined || source.timestamp !== undefined) return undefined;
  const todo = 'name the column with the time of a record in source.timestamp';
  return { message: `themes.${key}: periods need a time: ${todo}`, where: ['themes', key] };
}

function watchFault({ source, themes: { watch } }: Config): Fault | undefined {
  if (watch?.by === undefined) return undefined;
  const texts = mappingOf(source).attributes.flatMap(({ name, type }) => (type === 'string' ? [name] : []));
  const { by } = watch;
  if (texts.includes(by)) return undefined;
  const near = suggest(by, texts);
  const known = texts.length === 0 ? 'source.attributes names none' : `there are ${texts.join(', ')}`;
  const meant = near === undefined ? known : `did you mean "${near}"?`;
  return {
    message: `themes.watch.by: there is no attribute of text "${by}": ${meant}`,
    where: ['themes', 'watch', 'by'],
  };
}

/** Settings that were checked once, by the schema of today; `where` they are from is named in its ConfigError. */
export function parseSettings(value: unknown, where: string): Config {
  const result = configSchema.omit({ profiles: true }).safeParse(value);
  if (result.success) return result.data;
  throw new ConfigError(
    where,
    result.error.issues.map(({ path, message }) => ({ message: `${path.join('.')}: ${message}` })),
  );
}

/** The document as plain data. An alias without its anchor, or too many of them, show only now. */
function plainData(document: Document, fail: (problems: ConfigProblem[]) => never): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return fail([{ message: (error as Error).message }]);
  }
}

/**
 * Replaces ${NAME} in every string value but those of profiles that are not chosen; returns a problem for each variable
 * that is not set.
 */
function substituteEnvironment(
  document: Document,
  lines: LineCounter,
  env: NodeJS.ProcessEnv,
  profile: string | undefined,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Set<unknown>();
  const substitute: visitor = {
    Pair: (_, pair, path) => (isOtherProfile(pair, path, profile) ? visit.SKIP : undefined),
    // What it stands for may be in a profile that is skipped.
    Alias(_, alias) {
      const target = alias.resolve(document);
      if (target && !seen.has(target)) visit(target, substitute);
      seen.add(target);
    },
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string' || seen.has(node)) return;
      seen.add(node);
      node.value = node.value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
        const value = env[name];
        if (value === undefined) {
          problems.push({
            message: `the environment variable ${name} is not set`,
            ...place(lines, node.range?.[0]),
          });
        }
        return value ?? whole;
      });
    },
  };
  visit(document, substitute);
  return problems;
}

function isOtherProfile(
  pair: Pair,
  path: readonly (Document | Node | Pair)[],
  profile: string | undefined,
): boolean {
  // Document, its map, the pair `profiles`, the map of profiles.
  const [document, , above] = path;
  if (path.length !== 4 || !isDocument(document) || !above || !('key' in above)) return false;
  return keyOf(above as Pair) === 'profiles' && keyOf(pair) !== profile;
}

function keyOf({ key }: Pair): unknown {
  return isScalar(key) ? key.value : undefined;
}

/** Objects merge key by key; anything else in `over` replaces what is in `base`. */
function overlay(base: unknown, over: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    merged[key] = Object.hasOwn(base, key) ? overlay(base[key], value) : value;
  }
  return merged;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
