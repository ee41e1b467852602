import assert from 'node:assert/strict';
import test from 'node:test';
import { add, emptyFolder, SCHEMA } from '../test/table.ts';
import { changes, newestVersion, readChange } from './changes.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';

test('who follows a table sees each commit with what it says of itself, and where the log ends', async (t) => {
  const root = await emptyFolder(t);
  const table = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'], clock: () => 1 });
  assert.deepEqual([await newestVersion(root, 0), await readChange(root, 1)], [0, undefined]);
  const info = { throughline: { stream: 'orders' } };
  const [one, two] = [add('x'), { ...add('y'), tags: { kept: 'yes' } }];
  const first = await commit(table, { operation: 'WRITE', add: [one], info }, { clock: () => 5 });
  await commit(first.snapshot, { operation: 'MERGE', add: [two], remove: [one] }, { clock: () => 6 });
  assert.equal(await newestVersion(root, 0), 2);
  assert.equal(await newestVersion(root, 2), 2);
  const change = await readChange(root, 1);
  const { version, timestamp, operation, dataChange, metadataChange } = change!;
  assert.deepEqual([version, timestamp, operation, dataChange, metadataChange], [1, 5, 'WRITE', true, false]);
  assert.deepEqual(change!.info.throughline, info.throughline);
  const { added, removed } = (await readChange(root, 2))!;
  assert.deepEqual([added[0]!.tags, removed.map(({ path }) => path)], [{ kept: 'yes' }, ['x']]);
  assert.equal((await readChange(root, 0))!.metadataChange, true);
  assert.equal(await readChange(root, 3), undefined);
  const versions: number[] = [];
  for await (const one of changes(root, 0, 2)) versions.push(one.version);
  assert.deepEqual(versions, [1, 2]);
});

test('a folder without a table has no newer version', async (t) => {
  assert.equal(await newestVersion(await emptyFolder(t), 4), 4);
});
