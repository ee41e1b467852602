/** What a run would do: chunks, rows, passages, time and cost, without embedding anything or writing to the lake. */
import { hostname } from 'node:os';
import { TableNotFoundError } from '@throughline/delta';
import { type Interval, isWithin } from '../chunk/interval.ts';
import { openLedger } from '../chunk/ledger.ts';
import type { ChunkRule } from '../chunk/plan.ts';
import type { LoadedConfig } from '../config/index.ts';
import type { Staged, StagedChunk } from '../engine/engine.ts';
import { openEngine } from '../engine/open.ts';
import { type Build, existingBuild } from '../lake/build.ts';
import { buildInfo } from '../lake/build-info.ts';
import { readJson } from '../lake/json-file.ts';
import { type Lake, lakeIfThere } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { committedAttempt } from '../lake/publish.ts';
import { type FitDecision, plannedFit } from '../theme/index.ts';
import { addedText } from './added-columns.ts';
import { type Estimate, estimateDue } from './estimate.ts';
import { languageShares, unknownLanguages } from './languages.ts';
import { lostChunks, lostText } from './lost-chunks.ts';
import { listRuns } from './manifest.ts';
import { measuredRate } from './measured-rate.ts';
import { dueChunks, goesBy, type Selection } from './pending.ts';
import { type Prepared, prepare } from './prepare.ts';

export interface Plan {
  rule: ChunkRule;
  /** True where the planner chose the rule. */
  chosen: boolean;
  sourceRows: number;
  filtered: number;
  chunks: (StagedChunk & { due: boolean })[];
  due: { chunks: number; rows: number };
  estimate: Estimate;
  /** Whether themes would be fitted, by the passages that are there: chunks that are due may change it. */
  themes: FitDecision;
  languages: { language: string; share: number }[];
  warnings: string[];
}

export interface PlanOptions extends Selection {
  sample?: number | undefined;
  /** Of windows only those that have time in common with it. */
  interval?: Interval | undefined;
  /** Of what steps and tasks would do, which go by columns that are settled. */
  ofTasks?: boolean;
  /** Hears of what takes its time. */
  tell?: (message: string) => void;
  /** Milliseconds since 1970 UTC. */
  clock?: () => number;
}

export async function planPipeline(loaded: LoadedConfig, options: PlanOptions = {}): Promise<Plan> {
  await using engine = await openEngine(loaded, { tell: options.tell });
  const looking = { goesBy: options.ofTasks ? ('settled' as const) : goesBy(options) };
  const prepared = await prepare(loaded, engine, { tell: options.tell }, looking);
  const lake = await lakeIfThere(prepared.lakeRoot);
  const rule = prepared.rule ?? lake?.pipeline.rule;
  const staged = await engine.stage(prepared, { rule, sample: options.sample });
  const { digest } = buildInfo(prepared.config, staged.rule, prepared, options.sample);
  const lost = lake ? await lostChunks(lake, prepared.added, digest, staged) : [];
  const { due: all, build } = await dueOf(lake, digest, staged, options);
  const { interval } = options;
  const zone = staged.rule.by === 'window' ? staged.rule.zone : 'UTC';
  const due = interval === undefined ? all : all.filter((chunk) => isWithin(chunk, interval, zone));
  const dueIds = new Set(due.map((chunk) => chunk.id));
  const dueRows = due.reduce((sum, chunk) => sum + chunk.rows, 0);
  const rate = lake && measuredRate(await listRuns(lake), { model: prepared.model.digest, host: hostname() });
  const { texts, ...estimate } = await estimateDue(engine, prepared, due, rate);
  const languages = languageShares(texts);
  return {
    rule: staged.rule,
    chosen: staged.chosen,
    sourceRows: staged.sourceRows,
    filtered: staged.filtered,
    chunks: staged.chunks.map((chunk) => ({ ...chunk, due: dueIds.has(chunk.id) })),
    due: { chunks: due.length, rows: dueRows },
    estimate,
    themes: await plannedFit(lake, build, prepared.config.themes, {
      program: prepared.themesProgram,
      now: (options.clock ?? Date.now)(),
    }),
    languages,
    warnings: [
      ...warningsOf(prepared, languages),
      ...(lost.length === 0 ? [] : [`a run is refused until it is accepted: ${lostText(lost)}`]),
    ],
  };
}

async function dueOf(
  lake: Lake | undefined,
  digest: string,
  staged: Staged,
  options: PlanOptions,
): Promise<{ due: StagedChunk[]; build?: Build }> {
  const none = { states: new Map(), committed: () => 0 };
  if (!lake) return { due: dueChunks(staged.chunks, options, none).due };
  const build = await buildIfThere(lake, digest);
  if (!build) return { due: dueChunks(staged.chunks, options, none).due };
  const { states } = await openLedger(lake, digest);
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

function warningsOf(prepared: Prepared, languages: Plan['languages']): string[] {
  const pending = prepared.added?.pending ?? [];
  return [
    ...(pending.length === 0 ? [] : [addedText(pending, 'from the next run on')]),
    ...languageWarnings(prepared, languages),
  ];
}

function languageWarnings({ model }: Prepared, languages: Plan['languages']): string[] {
  const unknown = unknownLanguages(languages, model.languages);
  if (unknown.length === 0) return [];
  const named = unknown.map(({ language, share }) => `${language} ${Math.round(share * 100)} %`).join(', ');
  return [
    `the model ${model.id} knows ${model.languages!.join(', ')}, and some texts seem to be in another language: ${named}`,
  ];
}
