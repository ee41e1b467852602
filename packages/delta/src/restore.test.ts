import assert from 'node:assert/strict';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { withDeletionVector } from '../test/deletion-vector.ts';
import { append, fileOf, rowsOf, tableWithRows } from '../test/files.ts';
import { emptyFolder } from '../test/table.ts';
import { addColumns } from './add-columns.ts';
import { commit } from './commit.ts';
import { FileNotFoundError, SchemaMismatchError } from './errors.ts';
import { history } from './history.ts';
import { openTable } from './open-table.ts';
import { optimize } from './optimize.ts';
import { restore } from './restore.ts';
import { scan } from './scan.ts';
import { field } from './schema.ts';
import { vacuum } from './vacuum.ts';

test('a restored table has the rows, schema and properties of then, as a new version', async (t) => {
  const then = await tableWithRows(await emptyFolder(t), [
    ['a', 0, 5],
    ['b', 5, 5],
  ]);
  const rows = await rowsOf(then);
  const wider = await addColumns((await optimize(then)).snapshot, [field('late', 'long')]);
  await commit(wider, { operation: 'WRITE', add: [], replace: 'all' });
  const result = await restore(then, { version: then.version });
  assert.ok(result.committed);
  const opened = await openTable(then.root);
  assert.deepEqual(await rowsOf(opened), rows);
  assert.deepEqual(opened.metadata, then.metadata);
  assert.equal((await history(then.root, 1))[0]!.operation, 'RESTORE');
});

test('a restore does not roll back a txn: what was committed once is not committed again', async (t) => {
  const then = await tableWithRows(await emptyFolder(t), [['a', 0, 5]]);
  const change = {
    operation: 'WRITE',
    add: await fileOf(then, 'a', 5, 5),
    txn: { appId: 'app', version: 7 },
  };
  await commit(then, change);
  const restored = await restore(then, { version: then.version });
  assert.equal(restored.snapshot.txn('app'), 7);
  const again = await commit(restored.snapshot, change);
  assert.deepEqual([again.committed, (await rowsOf(again.snapshot)).length], [false, 5]);
});

test('a version whose files were vacuumed is not restored by halves', async (t) => {
  const then = await tableWithRows(await emptyFolder(t), [['a', 0, 5]]);
  const { snapshot } = await commit(then, { operation: 'WRITE', add: [], replace: 'all' });
  await vacuum(snapshot, { clock: () => Date.now() + 1e10, dryRun: false });
  await assert.rejects(restore(snapshot, { version: then.version }), FileNotFoundError);
});

test('added columns are null in the rows that are there; adding them again commits nothing', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), [['a', 0, 2]]);
  const wider = await addColumns(table, [field('late', 'long')]);
  assert.equal((await addColumns(wider, [field('late', 'long')])).version, wider.version);
  for await (const { columns } of scan(wider, { columns: ['id', 'late'] })) {
    assert.deepEqual(columns, { id: ['id-0', 'id-1'], late: [null, null] });
  }
  await assert.rejects(append(table, 'a', 5, 1), { code: 'CONCURRENT_MODIFICATION' });
});

test('a column that rows cannot have, or that is there with another type, is not added', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), []);
  for (const column of [
    field('x', 'long', false),
    field('n', 'string'),
    field('N', 'long'),
    field('a b', 'long'),
  ]) {
    await assert.rejects(addColumns(table, [column]), SchemaMismatchError, column.name);
  }
  await assert.rejects(addColumns(table, [field('x', 'timestamp_ntz')]), { code: 'UNSUPPORTED_FEATURE' });
});

test('a version whose deletion vectors are gone is not restored', async (t) => {
  const { snapshot, vector } = await withDeletionVector(await emptyFolder(t));
  const emptied = await commit(snapshot, { operation: 'DELETE', add: [], replace: 'all' });
  await unlink(join(snapshot.root, vector));
  await assert.rejects(restore(emptied.snapshot, { version: snapshot.version }), FileNotFoundError);
});

test('schema and properties that could not be written afterwards are not brought in', async (t) => {
  const { snapshot } = await withDeletionVector(await emptyFolder(t));
  await assert.rejects(addColumns(snapshot, [field('late', 'timestamp_ntz')]), {
    code: 'UNSUPPORTED_FEATURE',
  });
  const generated = { ...field('g', 'long'), metadata: { 'delta.generationExpression': 'n + 1' } };
  await assert.rejects(addColumns(snapshot, [generated]), { code: 'UNSUPPORTED_FEATURE' });
  assert.equal((await openTable(snapshot.root)).version, snapshot.version);
});
