/** The section `acceptance:`: what is good enough. */
import { z } from 'zod';
import { duration } from './primitives.ts';

const onMiss = (usual: 'stop' | 'warn') =>
  z
    .enum(['stop', 'warn'])
    .default(usual)
    .describe('Where it is not met: stop: nothing is promoted, and the run ends with 65; warn: it is told');

const parity = z.strictObject({
  onMiss: onMiss('stop'),
  reference: z
    .string()
    .min(1)
    .optional()
    .describe('Lake, table or file with the results to compare with, relative to the config file'),
  notComparable: z
    .int()
    .min(0)
    .optional()
    .describe('Records of several passages that may stand beside one row, and are not compared; 0 if absent'),
  minCosine: z
    .number()
    .min(-1)
    .max(1)
    .optional()
    .describe('Least cosine of the vectors of a row; 0.9999 if absent'),
  topTen: z.number().min(0).max(1).optional().describe('Least share of the ten nearest rows in common'),
  ami: z.number().min(-1).max(1).optional().describe('Least adjusted mutual information of the themes'),
  ari: z.number().min(-1).max(1).optional().describe('Least adjusted Rand index of the themes'),
  missing: z.int().min(0).optional().describe('Rows that may be missing; 0 if absent'),
  extra: z
    .int()
    .min(0)
    .optional()
    .describe('Rows that may be there beside those of the reference; 0 if absent'),
  changed: z.int().min(0).optional().describe('Rows whose text may differ; 0 if absent'),
});

const ndcg = z
  .strictObject({
    onMiss: onMiss('stop'),
    judgements: z
      .string()
      .min(1)
      .describe('Folder with queries.jsonl and qrels.tsv about the records, relative to the config file'),
    min: z.number().min(0).max(1).optional().describe('Least mean nDCG@10'),
    mode: z.enum(['hybrid', 'semantic', 'keyword']).default('hybrid').describe('How the queries are asked'),
    significance: z
      .number()
      .min(0)
      .max(1)
      .default(0.05)
      .describe(
        'An index whose mean is below that of the promoted one with a smaller p is refused; 0: never',
      ),
  })
  .refine(
    ({ min, significance }) => min !== undefined || significance > 0,
    'it limits nothing: give min, or a significance above 0',
  );

export const acceptance = z.strictObject({
  deadLetterRate: z
    .strictObject({ max: z.number().min(0).max(1), onMiss: onMiss('stop') })
    .optional()
    .describe('Most dead letters for each row; above it the run fails and nothing new is promoted'),
  ndcg: ndcg
    .optional()
    .describe('How well the search must answer judged queries before a new index or build is promoted'),
  freshness: z
    .strictObject({ max: duration, onMiss: onMiss('stop') })
    .optional()
    .describe('How old the newest record may be: 24h'),
  costPerRun: z
    .strictObject({ max: z.number().min(0), onMiss: onMiss('warn') })
    .optional()
    .describe('Most that a run may pay for embeddings, by the price of the config'),
  duration: z
    .strictObject({ max: duration, onMiss: onMiss('warn') })
    .optional()
    .describe('Longest time of a run: 2h'),
  parity: parity.optional().describe('How much the results may differ from others: throughline compare'),
});
