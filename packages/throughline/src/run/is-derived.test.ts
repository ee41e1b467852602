import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { commit } from '@throughline/delta';
import { asOfNow, openBuild } from '../lake/build.ts';
import { replaceJson } from '../lake/json-file.ts';
import { openLake, promote } from '../lake/lake.ts';
import { isDerived } from './is-derived.ts';

const FILE = { size: 1, modificationTime: 1, stats: '{"numRecords":1}', partitionValues: { _chunk: 'a' } };

/** A build whose passages get files, and what is promoted of them. */
async function published(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'throughline-derived-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const lake = await openLake(root, 't', () => 'pipeline');
  const mapping = { id: 'id', text: ['text'], timestamp: undefined, attributes: [] };
  const info = { digest: 'b', modelDigest: 'm', mapping, rule: { by: 'rows', size: 10 } as const };
  const build = await openBuild(lake, info);
  const manifests = {
    index: join(root, 'indexes', 'i', 'manifest.json'),
    themes: join(root, 'themes', 't', 'manifest.json'),
  };
  return {
    lake,
    manifests,
    now: () => asOfNow(build),
    async write(path: string, dataChange = true) {
      const { tables } = await asOfNow(build);
      await commit(tables.passages, { operation: 'WRITE', add: [{ ...FILE, path, dataChange }], dataChange });
    },
    async derive(...parts: (keyof typeof manifests)[]) {
      const { version } = (await asOfNow(build)).tables.passages;
      for (const part of parts)
        await replaceJson(manifests[part], { version: part[0], build: 'b', passagesVersion: version });
      await promote(lake, { build: 'b', index: 'i', themes: 't' });
    },
  };
}

test('index and themes have to be of the passages as they are; of none there is nothing to make', async (t) => {
  const { lake, now, write, derive } = await published(t);
  assert.equal(await isDerived(lake, await now()), true, 'no passages');
  await write('1');
  assert.equal(await isDerived(lake, await now()), false, 'nothing is promoted');
  await derive('index', 'themes');
  assert.equal(await isDerived(lake, await now()), true);
  await write('2', false);
  assert.equal(await isDerived(lake, await now()), true, 'files were only joined');
  await write('3');
  assert.equal(await isDerived(lake, await now()), false);
  await derive('index');
  assert.equal(await isDerived(lake, await now()), false, 'the themes are of before');
  assert.equal(await isDerived(lake, await now(), { skipThemes: true }), true);
});

test('what is damaged is to be made anew', async (t) => {
  const { lake, manifests, now, write, derive } = await published(t);
  await write('1');
  for (const part of ['index', 'themes'] as const) {
    await derive('index', 'themes');
    await writeFile(manifests[part], '{');
    assert.equal(await isDerived(lake, await now()), false, part);
  }
});

test('an index of passages that are all gone is not of these', async (t) => {
  const { lake, now, write, derive } = await published(t);
  await write('1');
  await derive('index', 'themes');
  const { passages } = (await now()).tables;
  await commit(passages, { operation: 'DELETE', add: [], replace: { partition: { _chunk: 'a' } } });
  assert.equal((await (await now()).tables.passages.files()).length, 0);
  assert.equal(await isDerived(lake, await now()), false);
});
