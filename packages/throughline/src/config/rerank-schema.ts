/** The section `search.rerank:`: a second look at the best candidates. */
import { z } from 'zod';
import { count, duration, variableName } from './primitives.ts';

export const rerank = z
  .strictObject({
    model: z
      .string()
      .regex(/^cohere:\S+$/, 'a model is cohere:NAME, of any server with a Cohere-compatible /rerank')
      .optional()
      .describe('cohere:NAME of any Cohere-compatible API: Cohere, Jina, Voyage, vLLM, TEI'),
    command: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('A program of your own instead of a model: [python3, rerank.py]'),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        'API: its address without /rerank, such as http://127.0.0.1:8080/v1 (default https://api.cohere.com/v2)',
      ),
    keyVariable: variableName
      .optional()
      .describe('API: environment variable with its key (default COHERE_API_KEY where no url is given)'),
    keyHeader: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .default('authorization')
      .describe('API: header of the key'),
    depth: count.max(1_000).default(50).describe('Hits that are looked at again'),
    timeout: duration.default('2s').describe('After it the order stays as it was'),
    retries: z.int().min(0).default(1).describe('API: tries after the first, within the timeout'),
  })
  .refine(({ model, command }) => (model === undefined) !== (command === undefined), {
    error: 'either model or command',
  });
