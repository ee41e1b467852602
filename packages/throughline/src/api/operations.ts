import { z } from 'zod';

const counts = z.object({ records: z.int(), passages: z.int(), deadLetters: z.int() });

const run = z.object({
  run: z.string(),
  command: z.string(),
  /** A run without an end is running, or was killed: `chunks` tells whether a process still works. */
  status: z.enum(['running', 'done', 'failed', 'interrupted']),
  /** ISO 8601, UTC. */
  started: z.string(),
  ended: z.string().nullable(),
  seconds: z.number().nullable(),
  build: z.string().nullable(),
  counts: counts.extend({ embedded: z.int(), cached: z.int() }).nullable(),
  chunks: z.object({ done: z.int(), skipped: z.int(), failed: z.int(), left: z.int() }).nullable(),
  /** In the unit of the price that the config names; null where nothing was counted. */
  cost: z.number().nullable(),
  index: z.string().nullable(),
  themes: z.string().nullable(),
  /** Limits of `acceptance` and `index` that were not met: nothing was promoted then. */
  unmet: z.array(z.string()),
  /** nDCG@10 against the judgements of `acceptance.ndcg`. */
  ndcg: z.number().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export const runsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).optional(),
});

/** The newest first. */
export const runsAnswer = z.object({ total: z.int(), runs: z.array(run) });

/** `manifest`: all that was recorded: versions of packages, digests of config and model, files, options, result. */
export const runAnswer = run.extend({ manifest: z.record(z.string(), z.unknown()) });

const chunkState = z.enum(['done', 'running', 'failed', 'abandoned']);

const status = z.object({
  build: z.string().nullable(),
  index: z.string().nullable(),
  themes: z.string().nullable(),
  states: z.record(chunkState, z.int()),
  counts,
});

export const chunksAnswer = status.extend({
  chunks: z.array(
    counts.extend({
      chunk: z.string(),
      state: chunkState,
      attempt: z.int(),
      error: z.string().optional(),
    }),
  ),
});

export const qualityQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
});

/** The newest first: what was measured of runs and index versions, against the limit that was agreed on. */
export const qualityAnswer = z.object({
  checks: z.array(
    z.object({
      /** ISO 8601, UTC. */
      at: z.string(),
      /** dead_letter_rate, ndcg, index_recall, passages_in_index, the checks of the config by name, and its limits: acceptance.freshness. */
      check: z.string(),
      /** The run or the index version. */
      subject: z.string(),
      status: z.enum(['passed', 'failed', 'measured']),
      /** Null where there was nothing to look at. */
      observed: z.number().nullable(),
      /** Of the checks of the config: what follows where it fails. */
      severity: z.enum(['warn', 'reject', 'fail']).optional(),
      /** Ids of some records that are wrong. */
      sample: z.array(z.string()).optional(),
      /** What was found in parts, such as `email 8, phone 3`. */
      detail: z.string().optional(),
      /** What was agreed on, such as `>= 0.95`; null where nothing was. */
      expected: z.string().nullable(),
    }),
  ),
});

const letter = z.object({
  key: z.string(),
  chunk: z.string(),
  step: z.string(),
  id: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  payload: z.string(),
  /** ISO 8601, UTC. */
  seen: z.string(),
});

export const deadLettersQuery = z.strictObject({
  reason: z.string().max(200).optional(),
  chunk: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
});

export const deadLettersAnswer = z.object({
  total: z.int(),
  /** Rows by reason, the most frequent first. */
  reasons: z.record(z.string(), z.int()),
  deadLetters: z.array(letter),
});

export const retryRequest = z.strictObject({
  reason: z.string().max(200).optional(),
  chunk: z.string().max(200).optional(),
});

/** The latest retry that this server has started; `idle` before the first. */
export const retryAnswer = z.object({
  state: z.enum(['idle', 'running', 'done', 'failed']),
  started: z.string().nullable(),
  ended: z.string().nullable(),
  tried: z.int().nullable(),
  resolved: z.int().nullable(),
  open: z.int().nullable(),
  /** What went wrong, and what to do. */
  message: z.string().nullable(),
});

const recallCase = z.object({
  filter: z.string().nullable(),
  selectivity: z.number(),
  'recall@10': z.number(),
  'recall@100': z.number(),
  /** Milliseconds. */
  p50: z.number(),
  p95: z.number(),
});

/** The newest first. */
export const indexAnswer = z.object({
  versions: z.array(
    z.object({
      version: z.string(),
      build: z.string(),
      madeAt: z.string(),
      seconds: z.number(),
      passages: z.int(),
      promoted: z.boolean(),
      withdrawn: z.boolean(),
      /** The version that it is a small addition to. */
      base: z.string().nullable(),
      /** Why it must not serve; empty if it may. */
      faults: z.array(z.string()),
      verification: z
        .object({
          passages: z.object({ table: z.int(), index: z.int() }),
          queries: z.int(),
          cases: z.array(recallCase),
        })
        .nullable(),
    }),
  ),
  unreadable: z.array(z.string()),
  /** What streams have committed since the promoted index was built, as far as this server searches it. */
  fresh: z
    .object({
      /** Version of the passages table up to which all of it is seen. */
      tableVersion: z.int(),
      /** Passages that are not in the index, and passages of the index that have gone or changed. */
      passages: z.int(),
      hidden: z.int(),
      /** False where no more is taken before the next index. */
      complete: z.boolean(),
      /** ISO 8601, UTC: when the newest commit of a stream was made that is seen; null before the first. */
      newestAt: z.string().nullable(),
    })
    .nullable(),
});

export const promoteIndexRequest = z.strictObject({ version: z.string().min(1).max(200) });

export const promotedAnswer = z.object({
  build: z.string().nullable(),
  index: z.string().nullable(),
  themes: z.string().nullable(),
});

export const auditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).optional(),
});

/** What holders of the scope `admin` have done, the newest first. */
export const auditAnswer = z.object({
  actions: z.array(
    z.object({
      at: z.string(),
      /** Name of the key; `anonymous` where the server asks for none. */
      key: z.string(),
      operation: z.string(),
      /** The body that was sent, as JSON. */
      request: z.string(),
      /** `done`, or the code of the fault. */
      outcome: z.string(),
      requestId: z.string(),
    }),
  ),
});
