/** The section `themes.label:`: a language model that names themes. */
import { z } from 'zod';
import { budget, duration, price, variableName } from './primitives.ts';

export const label = z.strictObject({
  model: z
    .string()
    .regex(
      /^openai:\S+$/,
      'a model is openai:NAME, of any server with an OpenAI-compatible /chat/completions',
    )
    .describe('openai:NAME of any OpenAI-compatible API: OpenAI, Azure, vLLM, Ollama'),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Its address without /chat/completions, such as http://127.0.0.1:8080/v1'),
  keyVariable: variableName
    .optional()
    .describe('Environment variable with its key (default OPENAI_API_KEY where no url is given)'),
  keyHeader: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default('authorization')
    .describe('Header of the key; api-key for Azure'),
  language: z
    .string()
    .regex(/^\p{L}[\p{L} -]{1,40}$/u, 'a language is a word: English')
    .default('English')
    .describe('Of labels and descriptions'),
  timeout: duration.default('30s').describe('For headers, and for each pause in the body'),
  retries: z.int().min(0).default(3).describe('Tries after the first'),
  budget: budget
    .prefault({})
    .describe('Most that one fit may spend; themes that are left keep their keywords'),
  price: price.optional().describe('What it charges'),
});
