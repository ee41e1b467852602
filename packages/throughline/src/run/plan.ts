/** What a run would do: chunks, rows, passages, time and cost, without embedding anything or writing to the lake. */
import { availableParallelism } from 'node:os';
import { TableNotFoundError } from '@throughline/delta';
import { NO_CHUNK } from '../chunk/chunk-id.ts';
import { type Interval, isWithin } from '../chunk/interval.ts';
import { openLedger } from '../chunk/ledger.ts';
import type { ChunkRule } from '../chunk/plan.ts';
import type { LoadedConfig } from '../config/index.ts';
import type { Engine, Staged, StagedChunk } from '../engine/engine.ts';
import { openEngine } from '../engine/open.ts';
import { type Build, buildInfo, existingBuild } from '../lake/build.ts';
import { readJson } from '../lake/json-file.ts';
import { type Lake, lakeIfThere } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { committedAttempt } from '../lake/publish.ts';
import { createMapper } from '../mapper/mapper.ts';
import { loadTokenizer } from '../model/index.ts';
import { type FitDecision, plannedFit } from '../theme/index.ts';
import { languageShares, unknownLanguages } from './languages.ts';
import { dueChunks, type Selection } from './pending.ts';
import { type Prepared, prepare } from './prepare.ts';

export interface Plan {
  rule: ChunkRule;
  /** True where the planner chose the rule. */
  chosen: boolean;
  sourceRows: number;
  filtered: number;
  chunks: (StagedChunk & { due: boolean })[];
  due: { chunks: number; rows: number };
  /** From a sample of the due rows: about. */
  estimate: {
    records: number;
    passages: number;
    tokens: number;
    /** Undefined where only a server knows. */
    seconds: number | undefined;
    /** Undefined where an API's price is not in the config. */
    cost: number | undefined;
    sampledRows: number;
  };
  /** Whether themes would be fitted, by the passages that are there: chunks that are due may change it. */
  themes: FitDecision;
  languages: { language: string; share: number }[];
  warnings: string[];
}

export interface PlanOptions extends Selection {
  sample?: number | undefined;
  /** Of windows only those that have time in common with it. */
  interval?: Interval | undefined;
  /** Hears of what takes its time. */
  tell?: (message: string) => void;
  /** Milliseconds since 1970 UTC. */
  clock?: () => number;
}

/** Rows that are mapped to estimate the rest. */
const SAMPLE_ROWS = 600;
/** Tokens that a core embeds in a second: measured on a shared Zen 4 core with the default model. */
const TOKENS_PER_CORE_SECOND = 6_000;

export async function planPipeline(loaded: LoadedConfig, options: PlanOptions = {}): Promise<Plan> {
  await using engine = await openEngine(loaded, { tell: options.tell });
  const prepared = await prepare(loaded, engine, { tell: options.tell });
  const lake = await lakeIfThere(prepared.lakeRoot);
  const rule = prepared.rule ?? lake?.pipeline.rule;
  const staged = await engine.stage(prepared, { rule, sample: options.sample });
  const { due: all, build } = await dueOf(lake, prepared, staged, options);
  const { interval } = options;
  const zone = staged.rule.by === 'window' ? staged.rule.zone : 'UTC';
  const due = interval === undefined ? all : all.filter((chunk) => isWithin(chunk, interval, zone));
  const dueIds = new Set(due.map((chunk) => chunk.id));
  const dueRows = due.reduce((sum, chunk) => sum + chunk.rows, 0);
  const sample = await sampleRows(engine, prepared, due);
  const scale = sample.rows === 0 ? 0 : dueRows / sample.rows;
  const languages = languageShares(sample.texts);
  const tokens = Math.round(sample.tokens * scale);
  return {
    rule: staged.rule,
    chosen: staged.chosen,
    sourceRows: staged.sourceRows,
    filtered: staged.filtered,
    chunks: staged.chunks.map((chunk) => ({ ...chunk, due: dueIds.has(chunk.id) })),
    due: { chunks: due.length, rows: dueRows },
    estimate: {
      records: Math.round(sample.records * scale),
      passages: Math.round(sample.passages * scale),
      tokens,
      seconds: secondsOf(prepared, tokens, sample.passages * scale),
      cost: costOf(prepared, tokens),
      sampledRows: sample.rows,
    },
    themes: await plannedFit(lake, build, prepared.config.themes, (options.clock ?? Date.now)()),
    languages,
    warnings: warningsOf(prepared, languages),
  };
}

async function dueOf(
  lake: Lake | undefined,
  prepared: Prepared,
  staged: Staged,
  options: PlanOptions,
): Promise<{ due: StagedChunk[]; build?: Build }> {
  const none = { states: new Map(), committed: () => 0 };
  if (!lake) return { due: dueChunks(staged.chunks, options, none).due };
  const info = buildInfo(prepared.config, staged.rule, prepared, options.sample);
  const build = await buildIfThere(lake, info.digest);
  if (!build) return { due: dueChunks(staged.chunks, options, none).due };
  const { states } = await openLedger(lake, info.digest);
  const committed = (chunk: string) => committedAttempt(lake.pipeline.id, build, chunk);
  return { due: dueChunks(staged.chunks, options, { states, committed }).due, build };
}

/** Undefined also where a run was killed while it made the build: nothing is published in it. */
async function buildIfThere(lake: Lake, digest: string): Promise<Build | undefined> {
  if (!(await readJson(lakePath(lake.root, 'builds', digest, 'build.json')))) return undefined;
  return existingBuild(lake, digest).catch((error) => {
    if (error instanceof TableNotFoundError) return undefined;
    throw error;
  });
}

function costOf({ spec, model }: Prepared, tokens: number): number | undefined {
  if (spec.model !== 'api') return 0;
  const { pricePerMillionTokens: price } = model;
  return price === undefined ? undefined : (tokens / 1e6) * price;
}

/** By the speed of a core, or by the limits of an API. */
function secondsOf({ spec }: Prepared, tokens: number, passages: number): number | undefined {
  if (spec.model === 'command') return undefined;
  if (spec.model !== 'api')
    return tokens / (TOKENS_PER_CORE_SECOND * (spec.threads ?? availableParallelism()));
  const { requestsPerMinute: rpm, tokensPerMinute: tpm } = spec.policy;
  if (rpm === undefined && tpm === undefined) return undefined;
  const minutes = [
    passages / spec.batch / (rpm ?? Number.POSITIVE_INFINITY),
    tokens / (tpm ?? Number.POSITIVE_INFINITY),
  ];
  return 60 * Math.max(...minutes);
}

interface Sample {
  rows: number;
  records: number;
  passages: number;
  tokens: number;
  texts: string[];
}

/** Maps rows of chunks spread over the plan; the same ones each time. */
async function sampleRows(engine: Engine, prepared: Prepared, due: readonly StagedChunk[]): Promise<Sample> {
  const { config, mapping, model, spec } = prepared;
  const mapper = createMapper(config, mapping, model, await loadTokenizer(spec));
  const sample: Sample = { rows: 0, records: 0, passages: 0, tokens: 0, texts: [] };
  const wanted = Math.min(due.length, 24);
  const perChunk = Math.ceil(SAMPLE_ROWS / Math.max(wanted, 1));
  const chunks = Array.from({ length: wanted }, (_, i) => due[Math.floor((i * due.length) / wanted)]!.id);
  for (const [id, rows] of await engine.firstRows(prepared, chunks, perChunk)) {
    for (const row of rows) {
      const mapped = mapper.map(row, { id, none: id === NO_CHUNK });
      sample.rows++;
      if (!('record' in mapped)) continue;
      sample.records++;
      sample.passages += mapped.passages.length;
      sample.tokens += mapped.passages.reduce((sum, passage) => sum + passage.tokens, 0);
      sample.texts.push(mapped.record.text);
    }
  }
  return sample;
}

function warningsOf({ model }: Prepared, languages: Plan['languages']): string[] {
  const unknown = unknownLanguages(languages, model.languages);
  if (unknown.length === 0) return [];
  const named = unknown.map(({ language, share }) => `${language} ${Math.round(share * 100)} %`).join(', ');
  return [
    `the model ${model.id} knows ${model.languages!.join(', ')}, and some texts seem to be in another language: ${named}`,
  ];
}
