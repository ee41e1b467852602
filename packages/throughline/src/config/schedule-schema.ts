/** The section `schedule:`: when the pipeline runs, and how. `throughline airflow` writes it as a DAG. */
import { DateTime } from 'luxon';
import { z } from 'zod';
import { isZone } from '../source/timestamp.ts';
import { count, duration } from './primitives.ts';

export const schedule = z.strictObject({
  cron: z
    .string()
    .regex(
      /^(@(hourly|daily|weekly|monthly|yearly)|[\d*,/A-Z-]+( [\d*,/A-Z-]+){4})$/,
      'it is five fields of cron: "0 6 * * *"',
    )
    .describe('When it runs; each run has the interval since the one before: "0 6 * * *"'),
  zone: z.string().refine(isZone, 'it is a time zone, such as Europe/London').default('UTC'),
  start: z
    .string()
    .refine(
      (day) => /^\d{4}-\d{2}-\d{2}$/.test(day) && DateTime.fromISO(day).isValid,
      'it is a day: 2024-01-01',
    )
    .describe('First day of the first interval'),
  catchup: z.boolean().default(false).describe('Whether intervals since the start that have not run are run'),
  groups: z
    .int()
    .min(1)
    .max(1_024)
    .default(16)
    .describe('Most tasks that the chunks of a run are divided among'),
  parallel: count.default(2).describe('Tasks of them at the same time'),
  rowsPerTask: count
    .default(5_000)
    .describe('Rows that make a task worth its start; fewer are not divided further'),
  pool: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional()
    .describe('Pool that the tasks take a slot of, where several pipelines share the limit of an API'),
  retries: z.int().min(0).default(3),
  retryDelay: duration.default('1m').describe('Before the first retry; doubled for each further one'),
  timeout: duration.default('6h').describe('Longest time of a task'),
});
