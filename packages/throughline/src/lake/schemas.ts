/** Schemas of the tables. System columns begin with `_`; attributes keep their names. */
import { array, type DataType, field, type StructType, struct } from '@throughline/delta';
import type { ColumnType } from '../config/index.ts';
import type { Attribute } from '../source/mapping.ts';

/** Delta's name of each attribute type. */
const DELTA_TYPES: Record<ColumnType, DataType> = {
  string: 'string',
  long: 'long',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp',
};

function attributeFields(attributes: readonly Attribute[]) {
  return attributes.map(({ name, type }) => field(name, DELTA_TYPES[type]));
}

export function recordsSchema(attributes: readonly Attribute[]): StructType {
  return struct([
    field('_chunk', 'string'),
    field('_id', 'string'),
    field('_text', 'string'),
    field('_at', 'timestamp'),
    field('_hash', 'string'),
    ...attributeFields(attributes),
  ]);
}

export function passagesSchema(attributes: readonly Attribute[]): StructType {
  return struct([
    field('_chunk', 'string'),
    field('_passage', 'string'),
    field('_id', 'string'),
    field('_ordinal', 'integer'),
    field('_start', 'integer'),
    field('_end', 'integer'),
    field('_text', 'string'),
    field('_tokens', 'integer'),
    field('_hash', 'string'),
    field('_embedding', array('float')),
    field('_at', 'timestamp'),
    ...attributeFields(attributes),
  ]);
}

export const deadLettersSchema: StructType = struct([
  field('_chunk', 'string'),
  field('_step', 'string'),
  field('_id', 'string'),
  field('_code', 'string'),
  field('_message', 'string'),
  field('_payload', 'string'),
  field('_attempt', 'long'),
  field('_run', 'string'),
  field('_seen', 'timestamp'),
]);

/** `_prefix` is `new` for what was appended lately; compaction distributes by two digits of the hash. */
export const vectorsSchema: StructType = struct([
  field('_prefix', 'string'),
  field('_hash', 'string'),
  field('_embedding', array('float')),
]);

export const chunksSchema: StructType = struct([
  field('build', 'string'),
  field('chunk', 'string'),
  field('attempt', 'long'),
  field('event', 'string'),
  field('owner', 'string'),
  field('run', 'string'),
  field('at', 'timestamp'),
  field('digest', 'string'),
  field('rows', 'long'),
  field('dropped', 'long'),
  field('records', 'long'),
  field('passages', 'long'),
  field('dead_letters', 'long'),
  field('embedded', 'long'),
  field('cached', 'long'),
  field('ms', 'long'),
  field('error', 'string'),
]);

/** Dead letters that were given up by hand, by key. */
export const droppedSchema: StructType = struct([
  field('key', 'string'),
  field('at', 'timestamp'),
  field('note', 'string'),
]);

export const runsSchema: StructType = struct([
  field('run', 'string'),
  field('command', 'string'),
  field('status', 'string'),
  field('started', 'timestamp'),
  field('ended', 'timestamp'),
  field('build', 'string'),
  field('source_token', 'string'),
  field('manifest', 'string'),
]);
