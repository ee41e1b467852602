import assert from 'node:assert/strict';
import test from 'node:test';
import type { Protocol } from './actions.ts';
import { UnsupportedFeatureError } from './errors.ts';
import {
  checkNewTable,
  checkReadable,
  checkWritable,
  isAppendOnly,
  PROTOCOL,
  protocolFor,
} from './protocol.ts';
import { array, field, type StructField, struct } from './schema.ts';

const table = (
  configuration: Record<string, string> = {},
  more: StructField[] = [],
  protocol: Protocol = PROTOCOL,
) => ({
  root: '/t',
  protocol,
  metadata: {
    id: 'x',
    schema: struct([field('id', 'string'), ...more]),
    partitionColumns: [],
    configuration,
  },
});

test('a table of reader version 1 and writer version 2 is read and written', () => {
  checkReadable('/t', PROTOCOL, { configuration: {} });
  checkWritable(table({ 'delta.appendOnly': 'false', 'delta.checkpointInterval': '5', owner: 'me' }));
});

const plain = { configuration: {} };
const features = (readerFeatures: string[], writerFeatures = readerFeatures) => ({
  minReaderVersion: 3,
  minWriterVersion: 7,
  readerFeatures,
  writerFeatures,
});

test('a table is read with the features that are supported, and the error names those that are not', () => {
  const known = ['columnMapping', 'deletionVectors', 'timestampNtz', 'v2Checkpoint', 'vacuumProtocolCheck'];
  checkReadable('/t', features(known), plain);
  checkReadable('/t', { minReaderVersion: 2, minWriterVersion: 5 }, plain);
  const unknown = features(['deletionVectors', 'typeWidening', 'variantType']);
  assert.throws(() => checkReadable('/t', unknown, plain), /the Delta features typeWidening, variantType,/);
  for (const minReaderVersion of [3, 4]) {
    assert.throws(
      () => checkReadable('/t', { minReaderVersion, minWriterVersion: 7 }, plain),
      UnsupportedFeatureError,
    );
  }
});

test('columns mapped by id are not read as if they were mapped by name', () => {
  const byId = { configuration: { 'delta.columnMapping.mode': 'id' } };
  assert.throws(() => checkReadable('/t', features(['columnMapping']), byId), /column mapping by id/);
});

test('a table is written with the features that are upheld, and the error names those that are not', () => {
  checkWritable(
    table({}, [], features([], ['appendOnly', 'invariants', 'domainMetadata', 'inCommitTimestamp'])),
  );
  checkWritable(table({ 'delta.enableDeletionVectors': 'true' }, [], features(['deletionVectors'])));
  checkWritable(table({}, [], { minReaderVersion: 1, minWriterVersion: 4 }));
  const rows = features([], ['rowTracking']);
  checkReadable('/t', rows, plain);
  assert.throws(() => checkWritable(table({}, [], rows)), /the Delta feature rowTracking,/);
  assert.throws(
    () => checkWritable(table({}, [], { minReaderVersion: 1, minWriterVersion: 8 })),
    UnsupportedFeatureError,
  );
});

test('a table with a timestamp_ntz is made with that feature, others with versions 1 and 2', () => {
  assert.deepEqual(protocolFor(struct([field('x', 'long')]), {}), PROTOCOL);
  const schema = struct([field('x', array('timestamp_ntz'))]);
  assert.deepEqual(protocolFor(schema, {}), features(['timestampNtz']));
  assert.deepEqual(
    protocolFor(schema, { 'delta.appendOnly': 'true' }),
    features(['timestampNtz'], ['timestampNtz', 'appendOnly']),
  );
});

test('a new table cannot turn on a feature that its protocol does not have', () => {
  const schema = struct([field('x', 'long')]);
  for (const [key, value] of [
    ['delta.enableDeletionVectors', 'true'],
    ['delta.enableInCommitTimestamps', 'true'],
    ['delta.checkpointPolicy', 'v2'],
  ] as const) {
    assert.throws(
      () => checkNewTable('/t', { schema, configuration: { [key]: value } }),
      UnsupportedFeatureError,
    );
  }
});

test('a table whose promises are not upheld here is not written', () => {
  const properties = {
    'delta.constraints.positive': 'n > 0',
    'delta.columnMapping.mode': 'name',
    'delta.enableChangeDataFeed': 'true',
    'delta.enableRowTracking': 'true',
    'delta.feature.timestampNtz': 'supported',
    'delta.setTransactionRetentionDuration': 'interval 7 days',
  };
  for (const [key, value] of Object.entries(properties)) {
    assert.throws(() => checkWritable(table({ [key]: value })), UnsupportedFeatureError, key);
  }
});

test('invariants, generated and identity columns and timestamp_ntz are found at any depth', () => {
  const withMetadata = (key: string) => ({ ...field('x', 'long'), metadata: { [key]: '1' } });
  const fields = ['delta.invariants', 'delta.generationExpression', 'delta.identity.start'].map(withMetadata);
  for (const found of [...fields, field('x', 'timestamp_ntz')]) {
    const nested = field('outer', array(struct([found])));
    assert.throws(() => checkWritable(table({}, [found])), UnsupportedFeatureError);
    assert.throws(() => checkWritable(table({}, [nested])), UnsupportedFeatureError);
  }
});

test('append-only is a property of the table', () => {
  assert.ok(isAppendOnly(table({ 'delta.appendOnly': 'TRUE' }).metadata));
  assert.ok(!isAppendOnly(table().metadata));
});
