import assert from 'node:assert/strict';
import test from 'node:test';
import { add, SCHEMA } from '../test/table.ts';
import type { Action } from './actions.ts';
import { CorruptLogError, UnsupportedFeatureError } from './errors.ts';
import { PROTOCOL } from './protocol.ts';
import { replay } from './replay.ts';

const metaData = {
  id: 'x',
  format: { provider: 'parquet', options: {} },
  schemaString: JSON.stringify(SCHEMA),
  partitionColumns: ['part'],
  configuration: {},
};
const FIRST: Action[] = [{ protocol: PROTOCOL }, { metaData }];
const step = (version: number, ...actions: Action[]) => ({ version, timestamp: version, actions });
const remove = (path: string): Action => ({ remove: { path, dataChange: true } });

test('the last action of a path counts, within a commit and across commits', async () => {
  const snapshot = replay('/t', undefined, [
    step(0, ...FIRST, { add: add('b') }, { add: add('a') }, { add: add('c') }),
    step(1, remove('a'), { add: add('d') }, remove('d')),
    step(2, remove('b'), { add: { ...add('b'), size: 7 } }),
  ]);
  assert.deepEqual(
    (await snapshot.files()).map(({ path, size }) => [path, size]),
    [
      ['b', 7],
      ['c', 1],
    ],
  );
  assert.deepEqual([...(await snapshot.state.files.tombstones()).keys()], ['a', 'd']);
});

test('stepping from a snapshot gives what replaying everything gives, and leaves the snapshot as it was', async () => {
  const steps = [
    step(0, ...FIRST, { add: add('m') }, { txn: { appId: 'p', version: 1 } }),
    step(1, { add: add('z') }, { add: add('a') }, { txn: { appId: 'q', version: 4 } }),
    step(2, remove('m'), { add: add('k') }, { txn: { appId: 'p', version: 2 } }),
  ];
  const first = replay('/t', undefined, steps.slice(0, 1));
  const stepped = replay('/t', replay('/t', first, steps.slice(1, 2)), steps.slice(2));
  const whole = replay('/t', undefined, steps);
  assert.deepEqual(await stepped.files(), await whole.files());
  assert.deepEqual(stepped.txns(), whole.txns());
  assert.deepEqual([whole.txn('p'), whole.txn('q'), whole.txn('r')], [2, 4, undefined]);
  assert.deepEqual([(await first.files()).length, first.txn('p'), first.version], [1, 1, 0]);
});

test('"" in partitionValues is null', async () => {
  const snapshot = replay('/t', undefined, [step(0, ...FIRST, { add: add('a', '') })]);
  assert.equal((await snapshot.files())[0]!.partitionValues.part, null);
});

test('a log without protocol or metaData is corrupt', () => {
  for (const action of FIRST)
    assert.throws(() => replay('/t', undefined, [step(0, action)]), CorruptLogError);
  assert.throws(() => replay('/t', undefined, []), CorruptLogError);
});

test('a table that turns to a protocol unknown here is refused from then on', () => {
  const first = replay('/t', undefined, [step(0, ...FIRST)]);
  const upgrade = step(1, { protocol: { minReaderVersion: 4, minWriterVersion: 7 } });
  assert.throws(() => replay('/t', first, [upgrade]), UnsupportedFeatureError);
});

test('data files of another format are refused', () => {
  const orc = { ...metaData, format: { provider: 'orc', options: {} } };
  assert.throws(
    () => replay('/t', undefined, [step(0, { protocol: PROTOCOL }, { metaData: orc })]),
    UnsupportedFeatureError,
  );
});
