import assert from 'node:assert/strict';
import test from 'node:test';
import { UnsupportedFeatureError } from './errors.ts';
import { checkReadable, checkWritable, isAppendOnly, PROTOCOL } from './protocol.ts';
import { array, field, type StructField, struct } from './schema.ts';

const table = (
  configuration: Record<string, string> = {},
  more: StructField[] = [],
  protocol = PROTOCOL,
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
  checkReadable('/t', PROTOCOL);
  checkWritable(table({ 'delta.appendOnly': 'false', 'delta.checkpointInterval': '5', owner: 'me' }));
});

test('a higher reader version is refused, and the error names the features', () => {
  const protocol = { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['deletionVectors'] };
  assert.throws(() => checkReadable('/t', protocol), /reader version 3 \(deletionVectors\)/);
  assert.throws(
    () => checkReadable('/t', { minReaderVersion: 2, minWriterVersion: 5 }),
    UnsupportedFeatureError,
  );
});

test('a higher writer version may be read but not written', () => {
  const protocol = { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['rowTracking'] };
  checkReadable('/t', protocol);
  assert.throws(() => checkWritable(table({}, [], protocol)), /writer version 7 \(rowTracking\)/);
});

test('a table whose promises are not upheld here is not written', () => {
  const properties = {
    'delta.constraints.positive': 'n > 0',
    'delta.columnMapping.mode': 'name',
    'delta.enableChangeDataFeed': 'true',
    'delta.enableDeletionVectors': 'true',
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
