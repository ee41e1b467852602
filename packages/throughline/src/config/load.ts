/** Reads throughline.yaml: YAML, ${ENV}, profile, schema; every error names the line and the column. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  type Document,
  isDocument,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type visitor,
} from 'yaml';
import type { z } from 'zod';
import { EXIT, ThroughlineError } from '../error.ts';
import { suggest } from '../suggest.ts';
import { overrideEngine } from './override-engine.ts';
import { type Config, configSchema } from './schema.ts';

export interface LoadedConfig {
  config: Config;
  /** Absolute path of the config file. */
  file: string;
  /** Folder that relative paths in the config start from. */
  directory: string;
}

export interface ConfigProblem {
  message: string;
  /** From 1; absent where the problem is that something is missing from the whole file. */
  line?: number;
  column?: number;
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
  if (!whole.success) fail(whole.error.issues.flatMap((issue) => describeIssue(issue, document, lines)));
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
        describeIssue({ ...issue, path: [...prefix, ...issue.path] }, document, lines),
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
  return config;
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

type Issue = z.core.$ZodIssue;

function describeIssue(issue: Issue, document: Document, lines: LineCounter): ConfigProblem[] {
  const where = issue.path.filter((part): part is string | number => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = suggest(key, knownKeys(where));
      const message = `unknown key "${[...where, key].join('.')}"${near ? `: did you mean "${near}"?` : ''}`;
      return { message, ...placeOf(document, lines, [...where, key]) };
    });
  }
  const branch = issue.code === 'invalid_union' ? nearestBranch(issue) : undefined;
  if (branch)
    return branch.flatMap((inner) =>
      describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, document, lines),
    );
  const name = where.join('.');
  return [{ message: `${name}: ${issue.message}`, ...placeOf(document, lines, where) }];
}

/**
 * Of a union's alternatives, the one whose keys were used: its problems are what the user wants to read.
 * Where no alternative knows the keys, the unknown key itself is the problem.
 */
function nearestBranch(issue: Issue & { code: 'invalid_union' }): Issue[] | undefined {
  const nested = issue.errors.filter((branch) =>
    branch.some((inner) => inner.path.length > 0 || isUnknownKey(inner)),
  );
  const known = nested.find((branch) => !branch.some(isUnknownKey));
  return (known ?? nested[0]?.filter(isUnknownKey)) as Issue[] | undefined;
}

function isUnknownKey(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys';
}

/** Where the value at `path` stands, or the nearest parent that is there. */
function placeOf(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
): Partial<ConfigProblem> {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1]!;
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last);
      if (pair && isScalar(pair.key)) return place(lines, pair.key.range?.[0]);
    }
    const node = document.getIn(path.slice(0, length), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return place(lines, node.range[0]);
  }
  return {};
}

function place(lines: LineCounter, offset: number | undefined): { line?: number; column?: number } {
  if (offset === undefined) return {};
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** Keys that the schema knows at `path`, those of every alternative included, for suggestions. */
function knownKeys(path: readonly (string | number)[]): string[] {
  let schemas: unknown[] = [configSchema];
  for (const part of path) schemas = schemas.flatMap(alternatives).map((schema) => child(schema, part));
  return schemas.flatMap(alternatives).flatMap((schema) => Object.keys(schema.shape ?? {}));
}

interface Inspectable {
  shape?: Record<string, unknown>;
  element?: unknown;
  options?: unknown[];
  def?: { innerType?: unknown };
}

function child(schema: Inspectable, part: string | number): unknown {
  return typeof part === 'number' ? schema.element : schema.shape?.[part];
}

/** Looks through optional, default and prefault wrappers, and into unions. */
function alternatives(schema: unknown): Inspectable[] {
  const inspectable = schema as Inspectable | undefined;
  if (!inspectable) return [];
  if (inspectable.def?.innerType) return alternatives(inspectable.def.innerType);
  return inspectable.options ? inspectable.options.flatMap(alternatives) : [inspectable];
}
