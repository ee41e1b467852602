import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { openSearcher } from './searcher.ts';
import { FIRST_ACCOUNT, tinyLake } from './testing/tiny-lake.ts';

test('every limit up to the greatest gives so many records, in every mode', async (t) => {
  await using searcher = await openSearcher(await tinyLake(t, 1_100));
  for (const mode of ['hybrid', 'semantic', 'keyword'] as const) {
    for (const limit of [512, 513, 1_000]) {
      const { hits } = await searcher.search({ query: 'debt', mode, limit });
      assert.equal(hits.length, limit, `${mode} ${limit}`);
    }
  }
});

test('a question longer than the model takes is asked by its beginning', async (t) => {
  await using searcher = await openSearcher(await tinyLake(t, 20));
  const { hits } = await searcher.search({
    query: `debt number 7 ${'word '.repeat(2_000)}`,
    mode: 'semantic',
  });
  assert.equal(hits.length, 10);
});

test('hybrid scores are fused ones, also where the words find nothing', async (t) => {
  await using searcher = await openSearcher(await tinyLake(t, 20));
  const { hits } = await searcher.search({ query: 'unheard', mode: 'hybrid' });
  assert.equal(hits[0]!.scores.keyword, null);
  assert.deepEqual(
    hits.map(({ score }) => score),
    hits.map((_, i) => 1 / (60 + i + 1)),
  );
});

test('a model that does not open is told once, and closing is quiet', async (t) => {
  const openModel = async () => {
    throw new Error('no model');
  };
  const searcher = await openSearcher(await tinyLake(t, 1), { openModel });
  await assert.rejects(searcher.search({ query: 'debt' }), /no model/);
  await searcher[Symbol.asyncDispose]();
});

test('a filter that the index would answer by rounded numbers is refused, and any other is exact', async (t) => {
  await using searcher = await openSearcher(await tinyLake(t, 3));
  const found = async (filter: string) => (await searcher.search({ query: 'debt', filter })).hits.length;
  for (const filter of [
    `account == ${FIRST_ACCOUNT + 1n}`,
    `account in [1, ${FIRST_ACCOUNT}]`,
    `!(account < ${FIRST_ACCOUNT} || account > 5)`,
    `account > -${FIRST_ACCOUNT}`,
  ])
    await assert.rejects(found(filter), { code: 'filter_not_supported' }, filter);
  assert.equal(await found(`account > ${FIRST_ACCOUNT - 1n}`), 3);
  assert.equal(await found('account <= 5'), 0);
  assert.equal(await found('account > -1e30'), 3);
});

test('a version that is removed while it is opened gives way to the one that is promoted by now', {
  skip: process.platform === 'win32',
}, async (t) => {
  const lake = await tinyLake(t, 3);
  const current = join(lake.root, 'current.json');
  const gone = join(lake.root, 'indexes', 'gone');
  await mkdir(gone);
  const pipe = join(gone, 'manifest.json');
  execFileSync('mkfifo', [pipe]);
  const manifest = JSON.stringify({ version: 'gone', files: [{ path: 'LOCK', size: 0, sha256: '' }] });
  const openWhile = async (then: () => Promise<unknown>) => {
    await writeFile(current, JSON.stringify({ index: 'gone' }));
    const opening = openSearcher(lake);
    opening.catch(() => {});
    // It opens when the reader has read the pointer, and waits for what it points to.
    const feed = await open(pipe, 'w');
    await then();
    await feed.writeFile(manifest);
    await feed.close();
    return opening;
  };
  await using searcher = await openWhile(() => writeFile(current, JSON.stringify({ index: 'one' })));
  assert.equal(searcher.manifest.version, 'one');
  assert.equal((await searcher.search({ query: 'debt', mode: 'keyword' })).hits.length, 3);
  await assert.rejects(
    openWhile(async () => {}),
    { code: 'index_damaged' },
    'one that is promoted and damaged is not tried for ever',
  );
});
