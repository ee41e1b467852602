/** The section `quality:`: what has to be true of the records. Names are dbt's where it has one. */
import { z } from 'zod';
import { ENCODING_KINDS } from '../quality/text/encoding.ts';
import { PII_KINDS } from '../quality/text/pii.ts';
import { count, duration } from './primitives.ts';

const column = z.string().min(1).describe('An attribute, or the column of the id, the text or the time');
const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'a name is small letters, digits and _')
  .optional()
  .describe('In results and alerts; made of the check and its column unless told');
/** Of checks that say of each row whether it is right. */
const rowSeverity = z
  .enum(['warn', 'reject', 'fail'])
  .default('fail')
  .describe('reject: the rows become dead letters; fail: nothing is promoted; warn: it is told');
const severity = z
  .enum(['warn', 'fail'])
  .default('fail')
  .describe('fail: nothing is promoted; warn: it is told');

/** What follows where a column of the source has changed. */
const policy = z.enum(['ignore', 'warn', 'fail']);

const share = z.number().min(0).max(1);
const textColumn = column.optional().describe('The text unless told; an attribute of type string');
/** Of checks of single rows that some may fail. */
const mostRows = share.default(0).describe('Largest share of the records that may be wrong');
const REJECTS_EVERY = 'reject is of every row that is wrong: leave out max';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const qualityCheck = z.discriminatedUnion('check', [
  z.strictObject({ check: z.literal('not_null'), column, name, severity: rowSeverity }),
  z.strictObject({
    check: z.literal('accepted_values'),
    column,
    values: z.array(scalar).min(1).describe('Nothing else may stand there, but for nulls'),
    name,
    severity: rowSeverity,
  }),
  z
    .strictObject({
      check: z.literal('accepted_range'),
      column,
      min: z.number().optional(),
      max: z.number().optional(),
      name,
      severity: rowSeverity,
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'it limits nothing: give min or max'),
  z
    .strictObject({
      check: z.literal('length'),
      column: column.optional(),
      min: count.optional(),
      max: count.optional(),
      name,
      severity: rowSeverity,
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'it limits nothing: give min or max'),
  z.strictObject({
    check: z.literal('cel'),
    where: z.string().min(1).describe('CEL that each record has to meet'),
    name: name.unwrap().describe('In results and alerts'),
    severity: rowSeverity,
  }),
  z.strictObject({
    check: z.literal('schema'),
    added: z
      .enum([...policy.options, 'add'])
      .default('warn')
      .describe('Of a column of the source that the last run did not see; add: it becomes an attribute'),
    missing: policy.default('fail').describe('Of one that it saw, and that is gone or has another name'),
    type: policy.default('fail').describe('Of one of another type, where the format has types'),
    name,
  }),
  z
    .strictObject({
      check: z.literal('encoding'),
      column: textColumn,
      kinds: z
        .array(z.enum(ENCODING_KINDS))
        .min(1)
        .optional()
        .describe('What is looked for; all unless told'),
      max: mostRows,
      name,
      severity: rowSeverity,
    })
    .refine(({ severity, max }) => severity !== 'reject' || max === 0, REJECTS_EVERY),
  z
    .strictObject({
      check: z.literal('pii'),
      column: textColumn,
      kinds: z.array(z.enum(PII_KINDS)).min(1).optional().describe('What is looked for; all unless told'),
      max: mostRows,
      name,
      severity: rowSeverity.default('warn'),
    })
    .refine(({ severity, max }) => severity !== 'reject' || max === 0, REJECTS_EVERY),
  z.strictObject({
    check: z.literal('language'),
    column: textColumn,
    languages: z.array(z.string().regex(/^[a-z]{2}$/, 'a language is its code of ISO 639-1: en')).min(1),
    min: share.default(0.95).describe('Least share of the texts that are in one of them'),
    name,
    severity,
  }),
  z.strictObject({
    check: z.literal('duplicates'),
    column: textColumn,
    max: share.default(0).describe('Largest share of the records whose text an earlier one has'),
    name,
    severity,
  }),
  z.strictObject({
    check: z.literal('length_change'),
    max: share
      .default(0.1)
      .describe('Most that the distribution of text lengths may differ from what serves: Kolmogorov-Smirnov'),
    name,
    severity,
  }),
  z.strictObject({ check: z.literal('unique'), column, name, severity }),
  z
    .strictObject({
      check: z.literal('row_count'),
      min: z.int().min(0).optional(),
      max: z.int().min(0).optional(),
      change: z
        .number()
        .positive()
        .optional()
        .describe('Most by which the records may have become more or less since the last run, as a share'),
      ofSource: z
        .number()
        .gt(0)
        .max(1)
        .optional()
        .describe(
          'Least share of the rows of the source, those that the filter leaves out aside, that are records',
        ),
      name,
      severity,
    })
    .refine(
      ({ min, max, change, ofSource }) => [min, max, change, ofSource].some((limit) => limit !== undefined),
      'it limits nothing: give min, max, change or ofSource',
    ),
  z.strictObject({
    check: z.literal('freshness'),
    max: duration.or(z.string().regex(/^[1-9]\d*[dw]$/)).describe('Most age of the newest record: 24h, 7d'),
    name,
    severity,
  }),
  z.strictObject({
    check: z.literal('relationships'),
    column,
    to: z.string().min(1).describe('File (csv, parquet or jsonl), relative to the config file'),
    field: z.string().min(1).describe('Its column that has every value'),
    name,
    severity,
  }),
  z.strictObject({
    check: z.literal('sql'),
    query: z
      .string()
      .min(1)
      .describe(
        'SELECT of rows that are wrong, over records, passages and dead_letters; $run_started is a time',
      ),
    name: name.unwrap().describe('In results and alerts'),
    severity,
  }),
  z.strictObject({
    check: z.literal('embeddings'),
    truncated: z
      .strictObject({ max: share })
      .optional()
      .describe('Largest share of the records whose text is cut at the limit of the model'),
    distinct: z
      .strictObject({ min: share })
      .optional()
      .describe('Least share of different vectors among different texts'),
    name,
    severity,
  }),
  z.strictObject({
    check: z.literal('drift'),
    p: z
      .number()
      .min(0.002)
      .lt(1)
      .default(0.005)
      .describe('The texts are taken to be others where chance alone would differ as much this rarely'),
    name,
    severity,
  }),
]);

export const quality = z.array(qualityCheck);

/** Whether rows become dead letters by the check: then it shapes the tables. Other checks read them. */
export function rejectsRows(check: z.infer<typeof qualityCheck>): boolean {
  return 'severity' in check && check.severity === 'reject';
}
