/** What due chunks would cost, judged by a sample of their rows, before anything is embedded. */
import { availableParallelism } from 'node:os';
import { NO_CHUNK } from '../chunk/chunk-id.ts';
import type { Engine, StagedChunk } from '../engine/engine.ts';
import { openBatchMapper } from '../mapper/batch-mapper.ts';
import { createMapper } from '../mapper/mapper.ts';
import { loadTokenizer } from '../model/index.ts';
import type { MeasuredRate } from './measured-rate.ts';
import type { Prepared } from './prepare.ts';

/** About; of texts that the cache has, or that are there twice, nothing is known beforehand. */
export interface Estimate {
  records: number;
  passages: number;
  tokens: number;
  /** Of embedding. Undefined where only a server knows. */
  seconds: number | undefined;
  /** What the seconds were judged by, if by runs on this machine. */
  rate: MeasuredRate | undefined;
  /** Undefined where an API's price is not in the config. */
  cost: number | undefined;
  /** Of the tables and the cache of vectors. */
  bytes: number;
  sampledRows: number;
}

/** Rows that are mapped to estimate the rest. */
const SAMPLE_ROWS = 600;
/** Tokens that a core embeds in a second: measured on a shared Zen 4 core with the default model. */
const TOKENS_PER_CORE_SECOND = 6_000;
const FLOAT_BYTES = 4;
/** Vectors are in the passages and in the cache. They do not compress; texts, which are in records and passages, do to half or so. */
const VECTOR_COPIES = 2;

/** `texts` are those of the sample. */
export async function estimateDue(
  engine: Engine,
  prepared: Prepared,
  due: readonly StagedChunk[],
  rate: MeasuredRate | undefined,
): Promise<Estimate & { texts: string[] }> {
  const dueRows = due.reduce((sum, chunk) => sum + chunk.rows, 0);
  const sample = await sampleRows(engine, prepared, due);
  const scale = sample.rows === 0 ? 0 : dueRows / sample.rows;
  const tokens = Math.round(sample.tokens * scale);
  const passages = Math.round(sample.passages * scale);
  const characters = sample.texts.reduce((sum, text) => sum + text.length, 0) * scale;
  return {
    records: Math.round(sample.records * scale),
    ...{ passages, tokens, rate },
    seconds: secondsOf(prepared, tokens, passages, rate),
    cost: costOf(prepared, tokens),
    bytes: Math.round(passages * prepared.model.dimension * FLOAT_BYTES * VECTOR_COPIES + characters),
    sampledRows: sample.rows,
    texts: sample.texts,
  };
}

function costOf({ spec, model }: Prepared, tokens: number): number | undefined {
  if (spec.model !== 'api') return 0;
  const { pricePerMillionTokens: price } = model;
  return price === undefined ? undefined : (tokens / 1e6) * price;
}

/** By what runs on this machine took, by the speed of a core, or by the limits of an API. */
function secondsOf(
  { spec }: Prepared,
  tokens: number,
  passages: number,
  rate: MeasuredRate | undefined,
): number | undefined {
  if (rate) return passages / rate.textsPerSecond;
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
  const { config, mapping, model, spec, directory } = prepared;
  await using mapper = openBatchMapper(
    createMapper(config, mapping, model, await loadTokenizer(spec)),
    config.split,
    directory,
  );
  const sample: Sample = { rows: 0, records: 0, passages: 0, tokens: 0, texts: [] };
  const wanted = Math.min(due.length, 24);
  const perChunk = Math.ceil(SAMPLE_ROWS / Math.max(wanted, 1));
  const chunks = Array.from({ length: wanted }, (_, i) => due[Math.floor((i * due.length) / wanted)]!.id);
  for (const [id, rows] of await engine.firstRows(prepared, chunks, perChunk)) {
    const chunk = { id, none: id === NO_CHUNK };
    for (const mapped of await mapper.map(rows.map((row) => ({ row, chunk })))) {
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
