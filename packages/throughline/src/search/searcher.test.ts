import assert from 'node:assert/strict';
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
