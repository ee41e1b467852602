/** An index that could be promoted, judged by its answers: alone, and beside the promoted one. */
import type { Config } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import type { ModelSpec } from '../model/index.ts';
import { openSearcher, type SearchMode, type StoreSetting } from '../search/index.ts';
import { askQueries, type MeasuredQuery } from './ask-queries.ts';
import type { Difference } from './difference.ts';
import type { JudgementSet } from './judgements.ts';
import { keep, readKept } from './kept-queries.ts';
import type { Measure, Measures } from './metrics.ts';
import { missingRecords } from './missing-records.ts';
import { type RelevanceVerdict, relevanceVerdict } from './relevance-verdict.ts';
import type { Interval } from './statistics/bootstrap.ts';
import { summarise } from './summary.ts';

/** What a run keeps of it. */
export interface IndexJudgement {
  index: string;
  /** Digest of the judgements. */
  judgements: string;
  queries: number;
  mode: SearchMode;
  measures: Measures;
  intervals: Record<Measure, Interval>;
  /** The index that was promoted before, if it was another. */
  against?: { index: string; measures: Measures; difference: Difference };
  /** Why it must not be promoted, as sentences. */
  unmet: string[];
}

export interface JudgeRequest {
  lake: Lake;
  /** Version that is built, and its build. */
  candidate: string;
  build: string;
  /** Version that readers use; undefined if there is none. */
  promoted: string | undefined;
  judgements: JudgementSet;
  limit: Omit<NonNullable<Config['acceptance']['ndcg']>, 'onMiss'>;
  model: ModelSpec;
  store: StoreSetting;
  /** Version of the product. */
  product: string;
  signal: AbortSignal;
  /** Told before queries are asked. */
  onAsk: (queries: number) => void;
  warning: (message: string) => void;
}

/**
 * Answers that are kept from before are not asked for again. Memory: a few numbers for each query. Throws with exit code
 * 65 if the judgements are of other records.
 */
export async function judgeIndex(request: JudgeRequest): Promise<IndexJudgement> {
  const { candidate, promoted, judgements, limit } = request;
  const measured = await answersOf(candidate, request, tellMissing);
  const rival = promoted === candidate || limit.significance === 0 ? undefined : promoted;
  const before = rival === undefined ? undefined : await answersOf(rival, request).catch(orUnasked);
  const isUnasked = before instanceof ThroughlineError;
  const verdict = relevanceVerdict(measured, isUnasked ? undefined : before, limit);
  const { means: measures, intervals } = summarise(measured);
  return {
    index: candidate,
    judgements: judgements.digest,
    queries: measured.length,
    mode: limit.mode,
    measures,
    intervals,
    ...(isUnasked ? {} : againstOf(rival, before, verdict)),
    unmet: isUnasked ? [...verdict.unmet, notCompared(before)] : verdict.unmet,
  };
}

/** The model of the promoted index may be gone: then nothing shows that the candidate is not worse. */
function orUnasked(error: unknown): ThroughlineError {
  if (error instanceof ThroughlineError && error.exitCode === EXIT.config) return error;
  throw error;
}

function notCompared({ message }: ThroughlineError): string {
  return `ndcg: the promoted index cannot be asked (${message}), and its answers were not kept; significance: 0 promotes without a comparison`;
}

async function answersOf(
  index: string,
  request: JudgeRequest,
  first?: (request: JudgeRequest) => Promise<void>,
): Promise<MeasuredQuery[]> {
  const { lake, judgements, limit, product, model, store, signal, onAsk } = request;
  const { mode } = limit;
  const key = { index, judgements: judgements.digest, mode, product };
  const kept = await readKept(lake, key);
  if (kept) return kept;
  await first?.(request);
  onAsk(judgements.queries.length);
  await using searcher = await openSearcher(lake, { version: index, model, store });
  const measured = await askQueries(searcher, judgements.queries, mode, { signal });
  await keep(lake, key, measured);
  return measured;
}

async function tellMissing({ lake, build, judgements, warning }: JudgeRequest): Promise<void> {
  const { records, queries, examples } = await missingRecords(lake, build, judgements);
  if (records > 0)
    warning(
      `${records} relevant records of ${judgements.directory} are not there (${examples.join(', ')}); ${queries} of its queries can find nothing`,
    );
}

function againstOf(
  rival: string | undefined,
  before: readonly MeasuredQuery[] | undefined,
  { difference }: RelevanceVerdict,
): Pick<IndexJudgement, 'against'> {
  if (rival === undefined || before === undefined || difference === undefined) return {};
  return { against: { index: rival, measures: summarise(before).means, difference } };
}
