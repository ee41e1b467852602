/** Small values that several sections of the config are made of. */
import { z } from 'zod';

export const duration = z.string().regex(/^[1-9]\d*(ms|s|m|h)$/, 'a time is a number and ms, s, m or h: 60s');
export const count = z.int().min(1);
export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'it is the name of an environment variable, not the key itself');
/** Most that an API may be asked for. */
export const budget = z.strictObject({
  requests: count.optional(),
  tokens: count.optional(),
  money: z.number().positive().optional().describe('In the currency of price'),
});
export const price = z.strictObject({ perMillionTokens: z.number().nonnegative() });

/** Of a pipeline: it is part of file names and addresses. */
export const PIPELINE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
