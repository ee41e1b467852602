/** The shape of throughline.yaml. Descriptions become the JSON Schema that editors complete from. */
import { z } from 'zod';
import { schemeOf } from '../lake/lake-path.ts';
import { acceptance } from './acceptance-schema.ts';
import { alerts } from './alerts-schema.ts';
import { commandOf, commandSettings } from './command-schema.ts';
import { embed } from './embed-schema.ts';
import { follow } from './follow-schema.ts';
import { lineage } from './lineage-schema.ts';
import { metrics } from './metrics-schema.ts';
import { count, duration, PIPELINE_NAME } from './primitives.ts';
import { quality } from './quality-schema.ts';
import { rerank } from './rerank-schema.ts';
import { schedule } from './schedule-schema.ts';
import { serve } from './serve-schema.ts';
import { type COLUMN_TYPES, source } from './source-schema.ts';
import { themes } from './themes-schema.ts';

const transform = z.union([
  z.strictObject({ sql: z.string().min(1).describe('SELECT ... FROM input, per chunk') }),
  z.strictObject({
    dedupe: z.string().min(1).describe('Keep the first row of each value of this column, per chunk'),
  }),
  z.strictObject({
    drop_nulls: z.array(z.string().min(1)).min(1).describe('Drop rows with nothing in these columns'),
  }),
  z.strictObject({
    normalise: z
      .literal('text')
      .describe('Unicode NFC, one kind of line break, no control characters, single spaces'),
  }),
  z.strictObject({
    command: commandOf('A program of your own, which gets each row and answers it: [python3, clean.py]'),
    ...commandSettings,
  }),
]);

const chunk = z.strictObject({
  by: z.string().min(1).describe('"file", the timestamp column, or any column of the source'),
  every: z
    .string()
    .regex(/^[1-9]\d*[dwMy]$/, 'a window is a number and d, w, M or y: 7d, 1M')
    .optional()
    .describe('Window of the timestamp: 1d, 7d, 1M'),
  zone: z.string().default('UTC').describe('Time zone in which days begin, such as Europe/London'),
});

const SPLIT_MODES = ['sentences', 'truncate', 'none'] as const;

const split = z
  .strictObject({
    mode: z
      .enum(SPLIT_MODES)
      .optional()
      .describe(
        'sentences (default): whole sentences up to maxTokens; truncate: keep the beginning; none (default with a command): a longer text is a dead letter',
      ),
    maxTokens: z
      .int()
      .min(8)
      .optional()
      .describe("Tokens of a passage, special tokens included; at most the model's limit"),
    overlap: z
      .int()
      .min(0)
      .default(32)
      .describe('Tokens repeated from the passage before, as whole sentences'),
    command: commandOf(
      'A program of your own, which cuts texts into passages: [python3, split.py]',
    ).optional(),
    ...commandSettings,
  })
  .superRefine(({ command, ...settings }, context) => {
    for (const key of ['files', 'revision', 'timeout'] as const)
      if (command === undefined && settings[key] !== undefined)
        context.addIssue({ code: 'custom', path: [key], message: 'it is a setting of a command' });
  })
  .transform((given) => ({
    ...given,
    mode: given.mode ?? (given.command ? ('none' as const) : ('sentences' as const)),
  }));

const retry = z.strictObject({
  attempts: count.default(3).describe('Attempts of a chunk in one run'),
  wait: duration.default('10s').describe('Before the second attempt; doubled for each further one'),
  inARow: count.default(20).describe('Chunks that fail one after the other before the run ends'),
});

const share = z.strictObject({
  lease: duration
    .default('60s')
    .describe('How long a run that shows no sign of life keeps its chunks from other runs'),
});

const vectors = z.strictObject({
  maxSize: z
    .string()
    .regex(/^[1-9]\d*(MB|GB|TB)$/, 'a size is a number and MB, GB or TB: 20GB')
    .optional()
    .describe('Most that the vectors of one model may take in the cache; the oldest go first'),
});

const pgvector = z.strictObject({
  pgvector: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'the address of a database: postgres://user:password@host:5432/name')
    .describe(
      'Address of a Postgres database with pgvector, best from the environment: postgres://user:password@host:5432/name',
    ),
  schema: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'a schema is named with small letters, digits and _')
    .default('throughline')
    .describe('Schema of the tables; it is made unless it is there'),
});

const index = z.strictObject({
  store: z
    .union([z.literal('zvec'), pgvector])
    .default('zvec')
    .describe('What keeps the passages of an index: files beside the tables (zvec), or a Postgres database'),
  minRecall: z
    .number()
    .min(0)
    .max(1)
    .default(0.95)
    .describe(
      'Share of what an exact scan finds that an index has to find, with filters and without, or it is not promoted',
    ),
  keep: count.default(3).describe('Index versions that are kept for rollback, the promoted one included'),
});

const sparkEngine = z.strictObject({
  spark: z
    .string()
    .regex(/^sc:\/\//, 'the address of Spark Connect: sc://host:15002/;token=${SPARK_TOKEN}')
    .describe('Address of Spark Connect: sc://host:15002/;token=${SPARK_TOKEN}'),
  lake: z
    .string()
    .min(1)
    .optional()
    .describe('The lake as the cluster names it, where that is another name: s3a://bucket/prefix'),
  cores: count
    .optional()
    .describe(
      'Tasks that the cluster runs at once; asked of it unless told, which an elastic one does not know',
    ),
  taskTexts: count.default(4_000).describe('Texts that one task embeds; it starts the model once'),
  roundRows: count
    .optional()
    .describe('Rows of the chunks that are published together; by the cores of the cluster unless told'),
});

const catalog = z.strictObject({
  schema: z
    .string()
    .regex(/^[^.`\s][^.`]*(\.[^.`\s][^.`]*)*$/, 'the schema that gets the tables, such as main.complaints')
    .describe("Schema of the cluster's catalog that gets the promoted tables by name: main.complaints"),
});

/** Of places where tables can be; a path has none. */
const LAKE_SCHEMES: (string | undefined)[] = [undefined, 'file', 's3', 's3a'];

const pipeline = z.strictObject({
  name: z
    .string()
    .regex(PIPELINE_NAME, 'a name is letters, digits, - and _')
    .describe('Name of the pipeline'),
  source,
  transform: z.array(transform).default([]),
  chunk: chunk.optional().describe('How the history is cut; without it the planner chooses and says so'),
  split: split.prefault({}),
  embed: embed.prefault({}),
  lake: z
    .string()
    .min(1)
    .refine((lake) => LAKE_SCHEMES.includes(schemeOf(lake)), {
      error: ({ input }) =>
        `a lake is a folder or s3://bucket/prefix; there is no store for ${schemeOf(String(input))}://`,
      abort: true,
    })
    .refine((lake) => !/^s3a?:\/\/(\/|$)/i.test(lake), 'it names no bucket: s3://bucket/prefix')
    .default('./lake')
    .describe('Folder of the tables, relative to the config file, or s3://bucket/prefix'),
  engine: z
    .union([z.literal('local'), sparkEngine])
    .default('local')
    .describe('Where rows are mapped and embedded: this machine, or a Spark cluster'),
  catalog: catalog.optional().describe('Names for the promoted tables, in the catalog of the Spark cluster'),
  share: share.prefault({}).describe('Several runs at once on one lake share its chunks'),
  retry: retry.prefault({}).describe('What happens to a chunk whose attempt fails'),
  follow: follow
    .prefault({})
    .describe('Micro-batches of a source that tells its changes: throughline run --follow'),
  vectors: vectors.prefault({}).describe('The cache of vectors'),
  index: index.prefault({}).describe('Versions of the search index'),
  search: z
    .strictObject({
      rerank: rerank
        .optional()
        .describe('A second look at the best hits, by a model that reads question and text together'),
    })
    .prefault({}),
  themes: themes.prefault({}),
  quality: quality.default([]).describe('What has to be true of the records, or nothing is promoted'),
  profile: z
    .boolean()
    .default(false)
    .describe('Whether each run also describes the records: counts, nulls, distributions, frequent values'),
  schedule: schedule.optional().describe('When it runs: throughline airflow'),
  alerts: alerts.default([]).describe('Who is told when something needs somebody'),
  lineage: lineage.optional().describe('Who else is told of runs: OpenLineage, MLflow'),
  metrics: metrics.optional().describe('Figures of runs for Prometheus'),
  serve: serve.prefault({}).describe('The server: throughline serve'),
  acceptance: acceptance.prefault({}).describe('What is good enough'),
});

export const configSchema = pipeline.extend({
  profiles: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .optional()
    .describe('Overlays chosen with --profile NAME'),
});

/** A pipeline's settings, checked, with defaults filled in and the profile applied. */
export type Config = z.output<typeof pipeline>;
export type SparkEngineConfig = z.output<typeof sparkEngine>;
export type SourceConfig = Config['source'];
export type ChunkConfig = NonNullable<Config['chunk']>;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** JSON Schema (draft 2020-12) of throughline.yaml. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    title: 'throughline.yaml',
    ...(z.toJSONSchema(configSchema, { io: 'input' }) as Record<string, unknown>),
  };
}
