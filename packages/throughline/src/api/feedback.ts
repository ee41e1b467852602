import { z } from 'zod';
import { MAX_QUERY_LENGTH } from './search.ts';

/** Whether a record answers a query, as a person says. The newest verdict of a person about a query and record counts. */
export const feedbackRequest = z.strictObject({
  query: z.string().trim().min(1).max(MAX_QUERY_LENGTH),
  recordId: z.string().min(1).max(1_000),
  passageId: z.string().max(64).optional(),
  verdict: z.enum(['up', 'down']),
  mode: z.enum(['hybrid', 'semantic', 'keyword']).optional(),
  /** Place among the hits, from 1. */
  rank: z.int().min(1).max(10_000).optional(),
  /** Version of the index that gave the hit. */
  index: z.string().max(200).optional(),
});

export const feedbackAnswer = z.object({ id: z.string() });
