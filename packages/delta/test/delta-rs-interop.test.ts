/** deltalake (delta-rs) and we read each other's tables value by value, and write one table in turns. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { commit, createTable, openTable, writeParquet } from '../src/index.ts';
import { deltalake, deltaRs, skip } from './delta-rs.ts';
import { testInTurns } from './interop/in-turns.ts';
import { testPartitions } from './interop/partitions.ts';
import { testStatistics } from './interop/statistics.ts';
import { testValues } from './interop/values.ts';
import { emptyFolder, rowsFrom, SCHEMA } from './table.ts';

testValues(deltaRs);
testPartitions(deltaRs);
testStatistics(deltaRs);
testInTurns(deltaRs, { commits: 250, theirsEvery: 40 });

test('each heeds the txn that the other has recorded, as far as it heeds any', { skip }, async (t) => {
  const root = await emptyFolder(t);
  const options = { schema: SCHEMA, partitionColumns: ['part'] };
  const nullable = {
    ...options,
    schema: { ...SCHEMA, fields: SCHEMA.fields.map((f) => ({ ...f, nullable: true })) },
  };
  await createTable(root, nullable);
  const ours = async (version: number) => {
    const add = await writeParquet({ root, ...nullable, partition: { part: 'ours' } }, [
      rowsFrom(version, 1),
    ]);
    const txn = { appId: 'shared', version };
    return (await commit(await openTable(root), { operation: 'WRITE', add, txn })).committed;
  };
  const theirs = (version: number) => deltalake<number>('append_txn', root, 'shared', String(version));
  assert.equal(await ours(5), true);
  assert.equal(await theirs(6), 6);
  assert.equal(await ours(5), false);
  assert.equal(await ours(6), false);
  assert.equal(await ours(7), true);
  // deltalake records what it is told and refuses nothing: who writes with it must look first.
  const { version } = await openTable(root);
  assert.equal(await theirs(4), 4);
  assert.equal((await openTable(root)).version, version + 1);
});
