import { z } from 'zod';
import { count, duration } from './primitives.ts';

export const serve = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on; any but the loopback needs keys: throughline serve keys create'),
  port: z.int().min(0).max(65_535).default(8080).describe('0: any that is free'),
  threads: count.default(1).describe('Threads that embed questions'),
  concurrency: count.default(8).describe('Searches that are answered at once'),
  queue: z
    .int()
    .min(0)
    .default(64)
    .describe('Searches that wait for their turn; more are told to come again (503, Retry-After)'),
  timeout: duration
    .default('10s')
    .describe('Time for a request to come in, and for a search to be answered, waiting included'),
  rateLimit: count
    .default(1_200)
    .describe('Requests a minute of one key, or of one address where no key is asked for'),
  origins: z
    .array(z.url().refine((url) => new URL(url).origin === url, 'it is scheme, host and port alone'))
    .default([])
    .describe('Pages of other sites that may ask from a browser (CORS); none unless told'),
  drain: duration
    .optional()
    .describe('Time between SIGTERM and the first refusal, for a proxy to notice that /readyz says no'),
});
