import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { replaceJson } from '../lake/json-file.ts';
import { type Lake, promote } from '../lake/lake.ts';
import { followSearcher } from './follow-searcher.ts';
import { manifestPath, readManifest } from './manifest.ts';
import { streamLake } from './testing/stream-lake.ts';
import { addIndex, tinyLake } from './testing/tiny-lake.ts';

/** A follower that looks all the time, and what it tells. */
async function follow(t: TestContext, lake: Lake) {
  const told = new EventEmitter();
  const searcher = await followSearcher(lake, {
    everyMs: 2,
    onChange: (version) => told.emit('change', version),
    onFresh: (report) => told.emit('fresh', report),
    onError: (error) => told.emit('trouble', error),
  });
  t.after(() => searcher[Symbol.asyncDispose]());
  return { searcher, told };
}

const REQUEST = { query: 'debt', mode: 'keyword', limit: 100 } as const;

test('while versions are promoted to and fro, each question is answered by one of them, and none fails', async (t) => {
  const sizes: Record<string, number> = { one: 30, two: 50 };
  const lake = await tinyLake(t, sizes.one!);
  await addIndex(lake, 'two', sizes.two!);
  const { searcher, told } = await follow(t, lake);
  const seen = new Set<string>();
  let isOver = false;
  const asking = Array.from({ length: 3 }, async () => {
    while (!isOver) {
      const { index, hits } = await searcher.search(REQUEST);
      assert.equal(hits.length, sizes[index]);
      seen.add(index);
    }
  });
  for (let change = 0; change < 6; change++) {
    const changed = once(told, 'change');
    const index = change % 2 === 0 ? 'two' : 'one';
    await promote(lake, { index });
    assert.deepEqual(await changed, [index]);
    assert.equal(searcher.manifest.version, index);
    assert.equal((await searcher.search(REQUEST)).index, index);
  }
  isOver = true;
  await Promise.all(asking);
  assert.deepEqual([...seen].sort(), ['one', 'two']);
});

test('a version that does not open changes nothing, until it does', async (t) => {
  const lake = await tinyLake(t, 3);
  const { searcher, told } = await follow(t, lake);
  const trouble = once(told, 'trouble');
  await promote(lake, { index: 'two' });
  assert.match(String((await trouble)[0]), /no index two/);
  assert.equal((await searcher.search(REQUEST)).index, 'one');
  const changed = once(told, 'change');
  await addIndex(lake, 'two', 5);
  await changed;
  assert.equal((await searcher.search(REQUEST)).hits.length, 5);
});

test('the reranker lasts as long as the follower', async (t) => {
  const lake = await tinyLake(t, 3);
  await addIndex(lake, 'two', 5);
  let closed = 0;
  const reranker = {
    rerank: async (_query: string, texts: readonly string[]) => new Float64Array(texts.length),
    [Symbol.asyncDispose]: async () => {
      closed++;
    },
  };
  const told = new EventEmitter();
  const searcher = await followSearcher(lake, {
    everyMs: 2,
    onChange: (version) => told.emit('change', version),
    reranking: { reranker, depth: 10, timeoutMs: 1_000 },
  });
  const changed = once(told, 'change');
  await promote(lake, { index: 'two' });
  await changed;
  const { notReranked } = await searcher.search(REQUEST);
  assert.deepEqual([closed, notReranked], [0, undefined]);
  await searcher[Symbol.asyncDispose]();
  assert.equal(closed, 1);
});

test('a version that is built again under its name is opened again', async (t) => {
  const lake = await tinyLake(t, 3);
  const { searcher, told } = await follow(t, lake);
  const changed = once(told, 'change');
  const file = manifestPath(lake, 'one');
  await replaceJson(file, { ...(await readManifest(lake, 'one')), madeAt: 1 });
  await changed;
  assert.equal(searcher.manifest.madeAt, 1);
});

test('it is closed after the questions that it was asked', async (t) => {
  const searcher = await followSearcher(await tinyLake(t, 3));
  const answer = searcher.search(REQUEST);
  await searcher[Symbol.asyncDispose]();
  assert.equal((await answer).hits.length, 3);
});

test('what streams commit is found after the next look, and the next index begins where it was built', async (t) => {
  const streamed = await streamLake(t, [{ id: 'a', text: 'debt a' }]);
  await streamed.index('one');
  const { searcher, told } = await follow(t, streamed.lake);
  const ids = async () => (await searcher.search(REQUEST)).hits.map(({ recordId }) => recordId).sort();
  for (const id of ['b', 'c']) {
    const seen = once(told, 'fresh');
    await streamed.stream([{ id, text: `debt ${id}` }]);
    const [{ version }] = await seen;
    assert.equal(version, searcher.freshness()!.version);
    assert.ok((await ids()).includes(id));
  }
  const { passages, hidden, complete } = searcher.freshness()!;
  assert.deepEqual({ passages, hidden, complete }, { passages: 2, hidden: 0, complete: true });
  const changed = once(told, 'change');
  await streamed.index('two');
  await changed;
  assert.deepEqual([await ids(), searcher.freshness()!.passages], [['a', 'b', 'c'], 0]);
  const seen = once(told, 'fresh');
  await streamed.stream([], ['a']);
  await seen;
  assert.deepEqual(await ids(), ['b', 'c']);
});
