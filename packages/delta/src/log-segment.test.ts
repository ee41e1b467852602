import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { emptyFolder } from '../test/table.ts';
import { versionPrefix } from './log-name.ts';
import { listLog, logSegment } from './log-segment.ts';
import { localStore } from './store/local-store.ts';
import type { Store } from './store/store.ts';

async function logOf(t: TestContext, commits: number[], checkpoints: string[] = []): Promise<Store> {
  const root = await emptyFolder(t);
  await mkdir(join(root, '_delta_log'));
  const names = [...commits.map((version) => `${versionPrefix(version)}.json`), ...checkpoints];
  for (const name of names) await writeFile(join(root, '_delta_log', name), '');
  return localStore(root);
}

const single = (version: number) => `${versionPrefix(version)}.checkpoint.parquet`;
const part = (version: number, number: number, of: number) =>
  `${versionPrefix(version)}.checkpoint.${String(number).padStart(10, '0')}.${String(of).padStart(10, '0')}.parquet`;

test('a segment starts after the newest checkpoint that is not beyond the version', async (t) => {
  const store = await logOf(t, [0, 1, 2, 3, 4, 5], [single(2), single(4)]);
  const segments = await Promise.all(
    [undefined, 5, 4, 3, 1].map((version) => logSegment(store, { version })),
  );
  assert.deepEqual(
    segments.map(({ version, checkpoint, from }) => [version, checkpoint?.version, from]),
    [
      [5, 4, 5],
      [5, 4, 5],
      [4, 4, 5],
      [3, 2, 3],
      [1, undefined, 0],
    ],
  );
});

test('a checkpoint in parts counts only when every part is there', async (t) => {
  const store = await logOf(t, [0, 1, 2, 3], [part(1, 1, 2), part(1, 2, 2), part(3, 1, 2)]);
  const { checkpoints } = await listLog(store, 0);
  assert.deepEqual(checkpoints, [
    { version: 1, paths: [`_delta_log/${part(1, 1, 2)}`, `_delta_log/${part(1, 2, 2)}`] },
  ]);
});

test('a table may consist of a checkpoint alone', async (t) => {
  const store = await logOf(t, [], [single(7)]);
  assert.deepEqual((await logSegment(store)).version, 7);
});
