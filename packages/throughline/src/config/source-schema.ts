/** The section `source:`: where rows come from, and which columns make a record. */
import { z } from 'zod';
import { LONGEST_NAME } from '../source/attribute-name.ts';
import { kafkaShape, refuseKafka } from './kafka-schema.ts';
import { duration } from './primitives.ts';

export const COLUMN_TYPES = ['string', 'long', 'double', 'boolean', 'timestamp'] as const;

const attributeName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]*$/,
    'an attribute is named with small letters, digits and _ (rename it: { my_name: "My Name" })',
  )
  .max(LONGEST_NAME, `an attribute has a name of at most ${LONGEST_NAME} characters`);

const attribute = z.union([
  attributeName,
  z
    .record(
      attributeName,
      z.union([
        z.string().min(1),
        z.strictObject({
          column: z.string().min(1).describe('Column of the source'),
          type: z.enum(COLUMN_TYPES).default('string').describe('Type of the attribute in the tables'),
          optional: z
            .boolean()
            .optional()
            .describe('Null where a file, or the table, has no such column, which is an error otherwise'),
        }),
      ]),
    )
    .refine((entry) => Object.keys(entry).length === 1, 'one attribute per line: - { name: "Column" }'),
]);

const changes = z.strictObject({
  watermark: z
    .string()
    .min(1)
    .describe('Column with the time of the last change of a row, a timestamp: updated_at'),
  overlap: duration
    .default('5m')
    .describe(
      'How far behind the newest time each look reads again: longer than the longest transaction that writes',
    ),
  deleted: z
    .string()
    .min(1)
    .optional()
    .describe('Column that marks a row as deleted: with a value other than null, false and 0'),
  compareKeys: duration
    .optional()
    .describe('Every so long all ids are compared with those of the records: finds rows that are gone'),
});

export const source = z
  .strictObject({
    type: z
      .enum(['csv', 'jsonl', 'parquet', 'delta', 'postgres', 'kafka', 'spark'])
      .describe(
        'Format of the files, a Delta table, a Postgres database, a topic of Kafka; spark: whatever the cluster has a reader for',
      ),
    path: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe(
        'File or pattern, relative to the config file: data/complaints-*.csv; delta: the folder of the table, or s3://bucket/table',
      ),
    version: z.int().min(0).optional().describe('delta: this version of the table; the newest unless told'),
    url: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'the address of a database: postgres://user:password@host:5432/name')
      .optional()
      .describe('postgres: address of the database, best from the environment: ${DATABASE_URL}'),
    table: z.string().min(1).optional().describe('postgres: table or view: public.complaints'),
    ...kafkaShape,
    reader: z.string().min(1).optional().describe('spark: name of the reader: delta, jdbc, kafka, ...'),
    options: z.record(z.string(), z.string()).optional().describe('spark: options of the reader'),
    query: z
      .string()
      .min(1)
      .optional()
      .describe(
        'spark: SELECT ... FROM input, where the columns of the reader are not yet those of records; postgres: a SELECT instead of a table',
      ),
    changes: changes
      .optional()
      .describe('postgres: how to find rows that have changed, by throughline run --follow'),
    id: z
      .string()
      .min(1)
      .optional()
      .describe('Column with the id of a record; without it, a hash of the content'),
    text: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .describe('Column or columns with the text; several are joined by a blank line'),
    timestamp: z.string().min(1).optional().describe('Column with the time of the record'),
    format: z
      .string()
      .min(1)
      .optional()
      .describe('Format of the timestamp if it is not ISO 8601, such as MM/dd/yyyy'),
    attributes: z.array(attribute).default([]).describe('Columns to keep, to filter by and to show'),
    filter: z
      .string()
      .min(1)
      .optional()
      .describe('CEL expression that a row must meet: category == "billing"'),
    delimiter: z.string().length(1).default(',').describe('csv: character between fields'),
    quote: z.string().length(1).default('"').describe('csv: character around fields'),
    header: z
      .boolean()
      .optional()
      .describe(
        'csv: whether the first line names the columns (default true); without, they are column1, column2, ...',
      ),
    encoding: z.enum(['utf-8', 'utf-16', 'latin-1']).default('utf-8').describe('csv: encoding of the file'),
    maxTextLength: z
      .int()
      .positive()
      .default(1_000_000)
      .describe('UTF-16 code units; a longer text becomes a dead letter instead of stopping the rest'),
  })
  .superRefine((given, context) => {
    const { needs, has } = OF_TYPE[given.type];
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    for (const one of needs)
      if (one.every((key) => given[key] === undefined))
        refuse(one[0]!, `a source of type ${given.type} needs ${one.join(' or ')}`);
    for (const key of PLACES)
      if (given[key] !== undefined && !has.includes(key))
        refuse(key, `a source of type ${given.type} has no ${key}`);
    if (given.type === 'postgres' && given.table !== undefined && given.query !== undefined)
      refuse('query', 'table and query are two sources: take one of them away');
    if (given.changes !== undefined && given.id === undefined)
      refuse('changes', 'a change is one of a record that is known by its id: it needs source.id');
    if (given.type === 'kafka') refuseKafka(given, refuse);
  });

/** Settings that say where rows come from. */
const PLACES = [
  ...(['path', 'version', 'url', 'table', 'reader', 'options', 'query', 'changes'] as const),
  ...(Object.keys(kafkaShape) as (keyof typeof kafkaShape)[]),
] as const;
type Place = (typeof PLACES)[number];

interface Places {
  /** Of each list at least one. */
  needs: Place[][];
  has: Place[];
}

const FILES: Places = { needs: [['path']], has: ['path'] };
const OF_TYPE: Record<'csv' | 'jsonl' | 'parquet' | 'delta' | 'postgres' | 'kafka' | 'spark', Places> = {
  csv: FILES,
  jsonl: FILES,
  parquet: FILES,
  delta: { needs: [['path']], has: ['path', 'version'] },
  postgres: { needs: [['url'], ['table', 'query']], has: ['url', 'table', 'query', 'changes'] },
  kafka: {
    needs: [['brokers'], ['topic']],
    has: Object.keys(kafkaShape) as (keyof typeof kafkaShape)[],
  },
  spark: { needs: [['reader']], has: ['reader', 'options', 'query'] },
};
