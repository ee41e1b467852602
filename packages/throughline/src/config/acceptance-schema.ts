/** The section `acceptance:`: what is good enough. */
import { z } from 'zod';

const parity = z.strictObject({
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
  missing: z.int().min(0).optional().describe('Rows that may be missing; 0 if absent'),
  extra: z
    .int()
    .min(0)
    .optional()
    .describe('Rows that may be there beside those of the reference; 0 if absent'),
  changed: z.int().min(0).optional().describe('Rows whose text may differ; 0 if absent'),
});

export const acceptance = z.strictObject({
  deadLetterRate: z
    .strictObject({ max: z.number().min(0).max(1) })
    .optional()
    .describe('Most dead letters for each row; above it the run fails and nothing new is promoted'),
  parity: parity.optional().describe('How much the results may differ from others: throughline compare'),
});
