/** What a message says of a record. */
import { payloadOf } from '../../mapper/rows.ts';
import type { Change } from '../change-feed.ts';
import type { Message } from './committed-messages.ts';
import type { FieldCounts } from './field-counts.ts';
import { fieldText, isTooDeep, jsonObject } from './json-fields.ts';

/** As of a line of a file. */
const MAX_VALUE_BYTES = 64 * 1024 * 1024;
/** Of a value that cannot be read, for a person to look at. */
const SHOWN_BYTES = 2_000;
/** What the serialisers of a schema registry put before the value. */
const REGISTRY_MAGIC = 0;

export interface Reading {
  topic: string;
  partition: number;
  value: 'json' | 'text';
  /** Of the rows, and no more. */
  columns: readonly string[];
  /** Is told of the fields of each message that can be read. */
  fields?: FieldCounts;
}

/** A tombstone deletes the record whose id is its key. A field that is not there is null. */
export function changeOf(message: Message, reading: Reading): Change {
  const key = message.key === null ? null : decoded(message.key);
  const refuse = (code: string, why: string): Change =>
    refusal(message, reading, { id: key || placeOf(message, reading), code, why });
  if (key === undefined && (message.value === null || reading.columns.includes('kafka_key')))
    return refuse('bad_key', 'the key is not UTF-8');
  if (message.value === null)
    return key ? { kind: 'delete', id: key } : refuse('no_key', 'there is neither a value nor a key');
  if (message.value.length > MAX_VALUE_BYTES)
    return refuse('value_too_long', `the value has more than ${MAX_VALUE_BYTES} bytes`);
  const text = decoded(message.value);
  if (text === undefined) return refuse('bad_encoding', `the value is not UTF-8${ofRegistry(message.value)}`);
  const fields = reading.value === 'text' ? { kafka_value: text } : jsonObject(text);
  if (fields === undefined)
    return refuse('bad_json', `the value is not a JSON object${ofRegistry(message.value)}`);
  try {
    const row = reading.columns.map((column) => {
      const own = ownColumn(column, message, reading, key ?? null);
      return [column, own === undefined ? fieldOf(fields, column) : own];
    });
    if (reading.value === 'json') reading.fields?.add(fields);
    return { kind: 'upsert', row: Object.fromEntries(row) };
  } catch (error) {
    if (isTooDeep(error)) return refuse('bad_json', 'the value has too many levels');
    throw error;
  }
}

function fieldOf(fields: Record<string, unknown>, column: string): string | null {
  return Object.hasOwn(fields, column) ? fieldText(fields[column]) : null;
}

/** Whether a column is a field of values that are JSON, and none of what Kafka itself says of a message. */
export function isField(column: string): boolean {
  return !OWN.includes(column) && !column.startsWith(HEADER);
}

/** undefined: it is a field of the value. */
function ownColumn(
  column: string,
  { offset, timestamp, headers }: Message,
  { topic, partition }: Reading,
  key: string | null,
): string | null | undefined {
  if (column === 'kafka_key') return key;
  if (column === 'kafka_topic') return topic;
  if (column === 'kafka_partition') return String(partition);
  if (column === 'kafka_offset') return String(offset);
  if (column === 'kafka_timestamp') return timestamp === undefined ? null : new Date(timestamp).toISOString();
  if (!column.startsWith(HEADER)) return undefined;
  const name = column.slice(HEADER.length);
  // Of several headers of one name the last, as Kafka's own client has it.
  const header = headers.findLast(([found]) => found?.toString('utf8') === name);
  return header?.[1]?.toString('utf8') ?? null;
}

const OWN = ['kafka_key', 'kafka_topic', 'kafka_partition', 'kafka_offset', 'kafka_timestamp'];
const HEADER = 'kafka_header_';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decoded(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function ofRegistry(value: Buffer): string {
  return value[0] === REGISTRY_MAGIC ? ': it begins as the serialisers of a schema registry write it' : '';
}

/** In place of a key: what is committed again after a kill is then known to be the same. */
function placeOf({ offset }: Message, { topic, partition }: Reading): string {
  return `${topic}/${partition}/${offset}`;
}

function refusal(
  { offset, value }: Message,
  { topic, partition }: Reading,
  { id, code, why }: { id: string; code: string; why: string },
): Change {
  const shown = value === null ? null : value.subarray(0, SHOWN_BYTES).toString('utf8');
  const message = `kafka:${topic}/${partition}, offset ${offset}: ${why}`;
  const payload = payloadOf({ topic, partition, offset, bytes: value?.length ?? 0, value: shown });
  return { kind: 'reject', deadLetter: { step: 'read', id, code, message, payload } };
}
