/** The settings of `embed:` as the model that they name. */
import { resolve } from 'node:path';
import { COMMAND_TIMEOUT_MS } from '../command/index.ts';
import { type Config, durationMs } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { DEFAULT_POLICY, type HttpPolicy } from '../http/index.ts';
import { keyHeaders } from './api-key.ts';
import type { ApiSpec, CommandSpec, ModelSpec } from './types.ts';

type EmbedConfig = Config['embed'];

/** Relative paths start at `directory`. Throws with exit code 78 where a setting is missing that the model needs. */
export function specOf(embed: EmbedConfig, directory: string): ModelSpec {
  const { model, threads, normalize } = embed;
  refuseSettingsOfOthers(embed);
  const shared = defined({ threads, normalize });
  if (embed.command) return commandSpec(embed, embed.command, directory);
  const [kind, rest] = splitOnce(model, ':');
  if (kind === 'openai') return apiSpec(embed, rest);
  const described = {
    ...shared,
    ...descriptionOf(embed),
    ...defined({ file: embed.file, pooling: embed.pooling }),
  };
  if (kind === 'onnx') return { model: 'onnx', folder: resolve(directory, rest), ...described };
  if (kind === 'hub') {
    const [id, revision] = splitOnce(rest, '@');
    return { model: 'hub', id, revision, ...described };
  }
  if (kind === 'hash') return { model: 'hash', ...shared, ...defined({ dimension: embed.dimension }) };
  return { model: 'minilm', ...shared };
}

/**
 * What a lake keeps of it, so that others can ask the index questions: nothing of addresses and commands, in which a
 * variable may have put a secret; they change, too. Threads are a matter of the machine.
 */
export function keptSpec(spec: ModelSpec): ModelSpec | undefined {
  const { threads: _threads, ...kept } = spec;
  return kept.model === 'api' || kept.model === 'command' ? undefined : kept;
}

/** Throws with exit code 78 what would end a run only when its first text is embedded. */
export function checkSpec(spec: ModelSpec, env: NodeJS.ProcessEnv = process.env): void {
  if (spec.model === 'api') keyHeaders(spec, env);
}

type Setting = keyof EmbedConfig;

const DESCRIBED: readonly Setting[] = ['maxTokens', 'queryPrefix', 'passagePrefix'];
const FOLDER: readonly Setting[] = [...DESCRIBED, 'file', 'pooling'];
/** Settings without a default, by the kind of model that they are of. */
const SETTINGS: Readonly<Record<string, readonly Setting[]>> = {
  minilm: [],
  hash: ['dimension'],
  onnx: FOLDER,
  hub: FOLDER,
  openai: [...DESCRIBED, 'dimension', 'revision', 'url', 'keyVariable', 'shorten', 'answersAs', 'price'],
  command: [...DESCRIBED, 'dimension', 'revision', 'files'],
};

/** A setting that would have no effect is a mistake that nobody would see. */
function refuseSettingsOfOthers(embed: EmbedConfig): void {
  const kind = embed.command ? 'command' : splitOnce(embed.model, ':')[0];
  const allowed = SETTINGS[kind]!;
  for (const setting of new Set(Object.values(SETTINGS).flat())) {
    if (embed[setting] === undefined || allowed.includes(setting)) continue;
    throw wrong(
      `embed.${setting} is not a setting of ${kind}`,
      'Take it away, or choose the model that it is of.',
    );
  }
  if (embed.command && embed.model !== 'minilm')
    throw wrong('embed.command and embed.model are two models', 'Take one of them away.');
}

const OPENAI = 'https://api.openai.com/v1';
const OPENAI_KEY = 'OPENAI_API_KEY';

/** OpenAI's documentation, "Vector embeddings": dimension and longest input. */
const OPENAI_MODELS: Readonly<Record<string, { dimension: number; maxTokens: number }>> = {
  'text-embedding-3-small': { dimension: 1536, maxTokens: 8191 },
  'text-embedding-3-large': { dimension: 3072, maxTokens: 8191 },
  'text-embedding-ada-002': { dimension: 1536, maxTokens: 8191 },
};
/** What the smallest of today's embedding servers take. */
const USUAL_MAX_TOKENS = 512;

function apiSpec(embed: EmbedConfig, name: string): ApiSpec {
  const known = OPENAI_MODELS[name];
  const dimension = embed.dimension ?? known?.dimension;
  if (dimension === undefined) throw needed('dimension', `how many numbers a vector of ${name} has`);
  const { url = OPENAI, keyHeader, encoding, batch, revision, threads, normalize } = embed;
  const keyVariable = embed.keyVariable ?? (embed.url === undefined ? OPENAI_KEY : undefined);
  return {
    model: 'api',
    ...{ name, url: embeddingsUrl(url), dimension, keyHeader, encoding, batch },
    shorten: embed.shorten ?? (known !== undefined && dimension !== known.dimension),
    policy: policyOf(embed),
    ...descriptionOf(embed),
    maxTokens: embed.maxTokens ?? known?.maxTokens ?? USUAL_MAX_TOKENS,
    ...defined({ keyVariable, answersAs: embed.answersAs, revision, threads, normalize }),
  };
}

/** The address of an API, or of its embeddings (Azure's has a query). */
function embeddingsUrl(url: string): string {
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '')
    throw wrong(
      'embed.url holds a name or a password',
      'Put the key into a variable, and name that: embed.keyVariable.',
    );
  if (parsed.pathname.endsWith('/embeddings')) return url;
  parsed.pathname = `${parsed.pathname.replace(/\/$/, '')}/embeddings`;
  return parsed.href;
}

function policyOf({ limits, requests, budget, price }: EmbedConfig): HttpPolicy {
  const { rpm, tpm, processes, concurrency } = limits;
  const { retries, wait, longestWait, deadline, breaker } = requests;
  return {
    timeoutMs: requests.timeout === undefined ? DEFAULT_POLICY.timeoutMs : durationMs(requests.timeout),
    retries,
    backoff: { firstMs: durationMs(wait), factor: 2, mostMs: durationMs(longestWait) },
    deadlineMs: durationMs(deadline),
    processes,
    concurrency: { start: Math.min(DEFAULT_POLICY.concurrency.start, concurrency), most: concurrency },
    breaker: { failures: breaker.failures, pauseMs: durationMs(breaker.pause) },
    budget: budgetOf({ budget, price }, 'embed'),
    ...defined({ requestsPerMinute: rpm, tokensPerMinute: tpm }),
  };
}

/** `section` of the config has both. Throws with exit code 78 where money is bounded, and nobody says what it buys. */
export function budgetOf(
  { budget, price }: Pick<EmbedConfig, 'budget' | 'price'>,
  section: string,
): HttpPolicy['budget'] {
  if (budget.money !== undefined && price === undefined)
    throw wrong(
      `${section}.budget.money needs a price`,
      `Say what the API charges: ${section}.price.perMillionTokens.`,
    );
  return defined({ ...budget, pricePerMillionTokens: price?.perMillionTokens });
}

function commandSpec(embed: EmbedConfig, command: string[], directory: string): CommandSpec {
  const { dimension, batch, revision, files, threads, normalize, requests } = embed;
  if (dimension === undefined) throw needed('dimension', 'how many numbers a vector of the command has');
  return {
    model: 'command',
    ...{ command, directory, dimension, batch },
    timeoutMs: requests.timeout === undefined ? COMMAND_TIMEOUT_MS : durationMs(requests.timeout),
    ...descriptionOf(embed),
    maxTokens: embed.maxTokens ?? USUAL_MAX_TOKENS,
    ...defined({ revision, files, threads, normalize }),
  };
}

function descriptionOf({ maxTokens, queryPrefix, passagePrefix }: EmbedConfig) {
  return defined({ maxTokens, queryPrefix, passagePrefix });
}

function needed(setting: string, what: string): ThroughlineError {
  return wrong(
    `embed.${setting} is missing: ${what}`,
    `Say it in throughline.yaml: embed: { ${setting}: ... }`,
  );
}

function wrong(message: string, hint: string): ThroughlineError {
  return new ThroughlineError(message, { code: 'config_invalid', exitCode: EXIT.config, hint });
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that are undefined: a spec is compared, kept and digested as JSON. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function splitOnce(text: string, at: string): [string, string] {
  const i = text.indexOf(at);
  return i < 0 ? [text, ''] : [text.slice(0, i), text.slice(i + at.length)];
}
