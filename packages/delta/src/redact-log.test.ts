import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { rowsOf, tableWithRows } from '../test/files.ts';
import { emptyFolder } from '../test/table.ts';
import { checkpoint } from './checkpoint.ts';
import { history } from './history.ts';
import { keepVersion } from './keep-version.ts';
import { merge } from './merge.ts';
import { openTable } from './open-table.ts';
import { redactLog } from './redact-log.ts';

const without = { column: 'id', values: new Set(['id-100']) };
const PARTS = [
  ['a', 100, 3],
  ['b', 200, 3],
] as const;

async function logText(root: string): Promise<string> {
  const log = join(root, '_delta_log');
  const names = (await readdir(log)).filter((name) => /json|parquet|last/.test(name));
  return (await Promise.all(names.map((name) => readFile(join(log, name), 'latin1')))).join('\n');
}

test('values of removed rows go from the log, and every version reads as before', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), PARTS);
  await checkpoint(table);
  const { snapshot } = await merge(table, { add: [], without, txn: { appId: 'app', version: 3 } });
  assert.match(await logText(table.root), /id-100/);
  const [before, told] = [await rowsOf(table), await history(table.root)];
  assert.ok((await redactLog(snapshot)) > 0);
  const text = await logText(table.root);
  assert.doesNotMatch(text, /id-100/);
  assert.match(text, /id-200/, 'files that are live keep their statistics');
  const opened = await openTable(table.root);
  assert.deepEqual([opened.version, opened.txn('app')], [snapshot.version, 3]);
  assert.deepEqual(await rowsOf(opened), await rowsOf(snapshot));
  assert.deepEqual(await rowsOf(await openTable(table.root, { version: table.version })), before);
  assert.deepEqual(await history(table.root), told);
  assert.equal(await redactLog(opened), 0, 'nothing is left for a second time');
});

test('the checkpoint of a kept version stays', async (t) => {
  const table = await tableWithRows(await emptyFolder(t), PARTS);
  await keepVersion(table.root, table.version);
  const { snapshot } = await merge(table, { add: [], without });
  await redactLog(snapshot);
  const names = await readdir(join(table.root, '_delta_log'));
  const checkpoints = names.filter((name) => name.includes('checkpoint.parquet')).map(Number.parseFloat);
  assert.deepEqual(checkpoints, [table.version, snapshot.version]);
});
