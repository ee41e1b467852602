/** The section `embed:`: which model, and how its server is treated. */
import { z } from 'zod';
import { commandFiles, commandOf } from './command-schema.ts';
import { budget, count, duration, price, variableName } from './primitives.ts';

const MODEL = /^(minilm|hash|openai:\S+|onnx:.+|hub:[\w.-]+\/[\w.-]+@[\w./-]+)$/;

export const embed = z.strictObject({
  model: z
    .string()
    .regex(MODEL, 'a model is minilm, hash, openai:NAME, onnx:FOLDER or hub:ORGANISATION/NAME@REVISION')
    .default('minilm')
    .describe(
      'minilm; openai:NAME for any OpenAI-compatible API; onnx:FOLDER; hub:ORGANISATION/NAME@REVISION; hash (no meaning: for tests of scale)',
    ),
  command: commandOf('A program of your own instead of a model: [python3, embed.py]').optional(),
  files: commandFiles.optional(),
  dimension: z
    .int()
    .min(1)
    .max(16_384)
    .optional()
    .describe('Numbers of a vector: of a command, of an API, of hash'),
  maxTokens: z.int().min(8).optional().describe('The longest text that the model takes, in tokens'),
  normalize: z.boolean().optional().describe('Scale vectors to length 1 (default true)'),
  queryPrefix: z.string().optional().describe('Put before each question, such as "query: "'),
  passagePrefix: z.string().optional().describe('Put before each passage, such as "passage: "'),
  revision: z.string().min(1).optional().describe('API, command: another value embeds everything again'),
  threads: count.optional().describe('Worker threads (default: one per core), or processes of a command (1)'),
  file: z.string().min(1).optional().describe('onnx, hub: path of the model in its folder'),
  pooling: z.enum(['mean', 'cls', 'last']).optional().describe('onnx, hub: as its folder says unless told'),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('API: its address, such as http://127.0.0.1:8080/v1'),
  answersAs: z
    .string()
    .min(1)
    .optional()
    .describe('API: the name by which the server answers, where it is another'),
  keyVariable: variableName
    .optional()
    .describe('API: environment variable with its key (default OPENAI_API_KEY where no url is given)'),
  keyHeader: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default('authorization')
    .describe('API: header of the key; api-key for Azure'),
  encoding: z.enum(['base64', 'float']).default('base64').describe('API: form of the vectors asked for'),
  shorten: z.boolean().optional().describe('API: ask the server for vectors of `dimension` (Matryoshka)'),
  batch: count.max(2048).default(32).describe('API, command: texts of one request'),
  limits: z
    .strictObject({
      rpm: z.number().positive().optional().describe('Requests per minute'),
      tpm: z.number().positive().optional().describe('Tokens per minute'),
      processes: count.default(1).describe('Processes that share these limits'),
      concurrency: count.default(32).describe('Most requests at once'),
    })
    .prefault({})
    .describe('API'),
  requests: z
    .strictObject({
      timeout: duration
        .optional()
        .describe('For headers, and for each pause in the body (default 30s; command: 10m for a batch)'),
      retries: z.int().min(0).default(3).describe('Tries after the first'),
      wait: duration.default('1s').describe('Most before the second try; doubled for each further one'),
      longestWait: duration.default('60s'),
      deadline: duration.default('10m').describe('For all tries of a request'),
      breaker: z
        .strictObject({ failures: count.default(10), pause: duration.default('30s') })
        .prefault({})
        .describe('So many failures in a row stop all requests for a while'),
    })
    .prefault({})
    .describe('API: how one request is tried again'),
  budget: budget.prefault({}).describe('API: most that one run may spend; what is done by then is kept'),
  price: price.optional().describe('API: what it charges'),
});
