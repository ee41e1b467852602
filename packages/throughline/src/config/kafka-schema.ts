/** Settings of a source of type `kafka`. None has a default here: it would be a setting of every other source too. */
import { z } from 'zod';

/** `host:9092` or `[::1]:9092`; several are parted by commas. */
const BROKERS =
  /^\s*(\[[0-9a-fA-F:]+\]|[^\s,:/@[\]]+):\d{1,5}\s*(,\s*(\[[0-9a-fA-F:]+\]|[^\s,:/@[\]]+):\d{1,5}\s*)*$/;

const broker = z.string().regex(BROKERS, 'a broker is a host and a port: kafka.example.com:9092');

export const kafkaShape = {
  brokers: z
    .union([broker, z.array(broker).min(1)])
    .optional()
    .describe('kafka: where to ask first: host:9092, or several'),
  topic: z
    .string()
    .regex(
      /^[A-Za-z0-9._-]{1,180}$/,
      'the name of a topic has letters, digits, ".", "_" and "-", at most 180',
    )
    .optional()
    .describe('kafka: the topic'),
  value: z
    .enum(['json', 'text'])
    .optional()
    .describe('kafka: json (default): fields of an object are columns; text: one column, kafka_value'),
  from: z
    .enum(['earliest', 'latest'])
    .optional()
    .describe(
      'kafka: where to begin a partition of which nothing is in the lake; earliest (default) or latest',
    ),
  onGap: z
    .enum(['fail', 'skip'])
    .optional()
    .describe(
      'kafka: when messages are gone before they were read: fail (default), or skip them with a warning',
    ),
  group: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('kafka: consumer group that shares the partitions among the processes of one lake'),
  sasl: z
    .strictObject({
      mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']),
      username: z.string().min(1),
      password: z.string().min(1).describe('Best from the environment'),
    })
    .optional()
    .describe('kafka: who asks'),
  tls: z
    .union([
      z.boolean(),
      z.strictObject({
        ca: z.string().min(1).optional().describe('File with the certificates to trust, as PEM'),
        cert: z.string().min(1).optional().describe('File with the own certificate, as PEM'),
        key: z.string().min(1).optional().describe('File with its key, as PEM'),
      }),
    ])
    .optional()
    .describe('kafka: true, or with files of certificates'),
};

interface Mapped {
  id?: string | undefined;
  text: string | string[];
  timestamp?: string | undefined;
  attributes: (string | Record<string, string | { column: string }>)[];
  value?: 'json' | 'text' | undefined;
}

/** Columns that a message has whatever is in it. */
const OWN_COLUMN = /^kafka_(key|timestamp|offset|partition|topic|header_.+)$/;

export function refuseKafka(given: Mapped, refuse: (path: string, message: string) => void): void {
  if (given.id === undefined)
    refuse('id', 'a source of type kafka needs id, so that a later message is an update: id: kafka_key');
  if (given.value !== 'text') return;
  const columns = {
    id: [given.id],
    text: [given.text].flat(),
    timestamp: [given.timestamp],
    attributes: given.attributes.map(columnOf),
  };
  for (const [path, names] of Object.entries(columns))
    for (const name of names)
      if (name !== undefined && name !== 'kafka_value' && !OWN_COLUMN.test(name))
        refuse(
          path,
          `a message of value: text has no column "${name}", but kafka_value, kafka_key, kafka_timestamp, kafka_header_NAME`,
        );
}

function columnOf(attribute: Mapped['attributes'][number]): string {
  if (typeof attribute === 'string') return attribute;
  const [target] = Object.values(attribute);
  return typeof target === 'string' ? target : target!.column;
}
