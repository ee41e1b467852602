import assert from 'node:assert/strict';
import test from 'node:test';
import { append, collect, rowsOf, tableWithRows } from '../test/files.ts';
import { emptyFolder } from '../test/table.ts';
import { changes } from './changes.ts';
import { checkpoint } from './checkpoint.ts';
import { cleanLog } from './clean-log.ts';
import { commit } from './commit.ts';
import { keepVersion, releaseVersion } from './keep-version.ts';
import { openTable } from './open-table.ts';
import type { Snapshot } from './snapshot.ts';
import { vacuum } from './vacuum.ts';

const inAYear = () => Date.now() + 365 * 86_400_000;

/** Rows that are replaced again and again; each version has one file. */
async function replaced(root: string, versions: number): Promise<Snapshot> {
  let table = await tableWithRows(root, [['a', 0, 3]]);
  for (let n = 2; n <= versions; n++) {
    table = (await commit(table, { operation: 'DELETE', add: [], replace: 'all' })).snapshot;
    table = await append(table, 'a', n, 3);
  }
  return table;
}

async function removeAllThatIsOld(table: Snapshot): Promise<void> {
  const snapshot = await openTable(table.root);
  await checkpoint(snapshot);
  await vacuum(snapshot, { clock: inAYear, dryRun: false });
  await cleanLog(snapshot, { clock: inAYear });
}

test('a version that is kept can be read after all others of its time are gone', async (t) => {
  const table = await replaced(await emptyFolder(t), 3);
  const before = await rowsOf(await openTable(table.root, { version: 3 }));
  await keepVersion(table.root, 3);
  await removeAllThatIsOld(table);
  assert.deepEqual(await rowsOf(await openTable(table.root, { version: 3 })), before);
  for (const version of [1, 2, 4])
    await assert.rejects(openTable(table.root, { version }), { code: 'VERSION_NOT_FOUND' });
  await assert.rejects(collect(changes(table.root, 3, table.version)), { code: 'VERSION_NOT_FOUND' });
  assert.equal((await rowsOf(await openTable(table.root))).length, 3);
  const written = await append(await openTable(table.root), 'b', 9, 1);
  assert.equal(written.version, table.version + 1);
});

test('a version that was released goes with the others, and cannot be kept any more', async (t) => {
  const table = await replaced(await emptyFolder(t), 3);
  await keepVersion(table.root, 1);
  await keepVersion(table.root, 3);
  await releaseVersion(table.root, 3);
  await removeAllThatIsOld(table);
  assert.equal((await rowsOf(await openTable(table.root, { version: 1 }))).length, 3);
  await assert.rejects(keepVersion(table.root, 3), { code: 'VERSION_NOT_FOUND' });
});

test('a version whose files were vacuumed is not kept, and nothing is left of the attempt', async (t) => {
  const table = await replaced(await emptyFolder(t), 3);
  await vacuum(table, { clock: inAYear, dryRun: false });
  await assert.rejects(keepVersion(table.root, 3), { code: 'VERSION_NOT_FOUND', message: /vacuumed/ });
  assert.deepEqual((await vacuum(table, { clock: inAYear, dryRun: false })).files, []);
});
