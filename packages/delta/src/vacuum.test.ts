import assert from 'node:assert/strict';
import { mkdir, readdir, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { append, dataFiles, fileOf, rowsOf, tableWithRows } from '../test/files.ts';
import { emptyFolder } from '../test/table.ts';
import { checkpoint } from './checkpoint.ts';
import { commit } from './commit.ts';
import { createTable } from './create-table.ts';
import { commitPath } from './log-name.ts';
import { openTable } from './open-table.ts';
import { optimize } from './optimize.ts';
import { field, struct } from './schema.ts';
import { vacuum } from './vacuum.ts';

const WEEK_MS = 7 * 86_400_000;
const inTwoWeeks = () => Date.now() + 2 * WEEK_MS;

test('vacuum deletes what no version within the retention needs, after a dry run that only tells', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), [
    ['a', 0, 5],
    ['a', 5, 5],
    ['b', 10, 5],
  ]);
  const { snapshot } = await optimize(table);
  const left = await fileOf(snapshot, 'b', 99, 1); // an attempt that was never committed
  const before = await rowsOf(snapshot);
  assert.deepEqual((await vacuum(snapshot)).files, [], 'all is young');
  const told = await vacuum(snapshot, { clock: inTwoWeeks });
  assert.equal(told.files.length, 3);
  assert.ok(told.files.includes(left[0]!.path) && told.bytes > 0);
  assert.equal((await dataFiles(table.root)).length, 5);
  assert.deepEqual((await vacuum(snapshot, { clock: inTwoWeeks, dryRun: false })).files, told.files);
  assert.equal((await dataFiles(table.root)).length, 2);
  assert.deepEqual(await rowsOf(snapshot), before);
});

test('a file that another process committed since the snapshot is never taken', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), []);
  await append(table, 'a', 0, 3);
  assert.deepEqual((await vacuum(table, { clock: inTwoWeeks, dryRun: false })).files, []);
});

test('files replaced within the retention stay, so that their versions can be read', async (t) => {
  const clock = () => Date.now() + WEEK_MS;
  const table = await tableWithRows(await emptyFolder(t), [['a', 0, 5]]);
  const { snapshot } = await commit(table, { operation: 'DELETE', add: [], replace: 'all' }, { clock });
  assert.deepEqual((await vacuum(snapshot, { clock: () => clock() + 1000 })).files, []);
  assert.equal((await vacuum(snapshot, { clock: () => clock() + WEEK_MS + 1000 })).files.length, 1);
});

test('a retention shorter than the table allows is refused unless it is forced', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), [['a', 0, 5]], {
    'delta.deletedFileRetentionDuration': 'interval 2 hours',
  });
  const { snapshot } = await commit(table, { operation: 'DELETE', add: [], replace: 'all' });
  const clock = () => Date.now() + 1000;
  await assert.rejects(vacuum(snapshot, { retentionMs: 0, clock }), { code: 'RETENTION_TOO_SHORT' });
  assert.equal((await vacuum(snapshot, { retentionMs: 0, clock, force: true })).files.length, 1);
});

test('what a writer is about to commit stays for an hour, whatever the retention', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), [['a', 0, 5]]);
  const { snapshot } = await commit(table, { operation: 'DELETE', add: [], replace: 'all' });
  const written = await fileOf(snapshot, 'b', 99, 1);
  const at = (ms: number) => ({
    ...{ retentionMs: Number.NEGATIVE_INFINITY, force: true, dryRun: false },
    clock: () => Date.now() + ms,
  });
  const { files } = await vacuum(snapshot, at(0));
  assert.equal(files.length, 1);
  assert.ok(!files.includes(written[0]!.path));
  assert.deepEqual((await vacuum(snapshot, at(3_700_000))).files, [written[0]!.path]);
});

test('temporary files of killed writers go, files of others stay', async (t) => {
  const { root } = await tableWithRows(await emptyFolder(t), []);
  const temporary = '.1b4e28ba-2fa1-11d2-883f-0016d3cca427.tmp';
  const table = await tableWithRows(root, []);
  for (const folder of ['', 'part=a', '_delta_log', '_other', '.git']) {
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, folder, folder === '_other' || folder === '.git' ? 'file' : temporary), 'x');
  }
  await writeFile(join(root, '_SUCCESS'), '');
  await utimes(join(root, '_SUCCESS'), 1, 1);
  const { files } = await vacuum(table, { clock: inTwoWeeks, dryRun: false });
  assert.deepEqual(files, [temporary, `_delta_log/${temporary}`, `part=a/${temporary}`].sort());
  assert.deepEqual((await readdir(root)).sort(), ['.git', '_SUCCESS', '_delta_log', '_other', 'part=a']);
});

test('a partition column whose name begins with _ is part of the table', async (t) => {
  const root = await emptyFolder(t);
  const schema = struct([field('_chunk', 'string'), field('n', 'long')]);
  const table = await createTable(root, { schema, partitionColumns: ['_chunk'] });
  await mkdir(join(root, '_chunk=a'));
  await writeFile(join(root, '_chunk=a', 'left.parquet'), 'x');
  assert.deepEqual((await vacuum(table, { clock: inTwoWeeks })).files, ['_chunk=a/left.parquet']);
});

test("a retention longer than the table's is kept, though checkpoints have forgotten what was removed", async (t) => {
  const table = await tableWithRows(await emptyFolder(t), [['a', 0, 5]]);
  const clock = () => Date.now() + 1000;
  const { snapshot } = await commit(table, { operation: 'DELETE', add: [], replace: 'all' }, { clock });
  await checkpoint(snapshot, { clock: () => Date.now() + 5 * WEEK_MS });
  const opened = await openTable(table.root);
  const inFiveWeeks = () => Date.now() + 5 * WEEK_MS;
  assert.deepEqual((await vacuum(opened, { retentionMs: 6 * WEEK_MS, clock: inFiveWeeks })).files, []);
  assert.equal((await vacuum(opened, { retentionMs: 4 * WEEK_MS, clock: inFiveWeeks })).files.length, 1);
  await unlink(join(table.root, commitPath(0)));
  await assert.rejects(vacuum(opened, { retentionMs: 6 * WEEK_MS, clock: inFiveWeeks }), {
    code: 'RETENTION_TOO_LONG',
  });
});
