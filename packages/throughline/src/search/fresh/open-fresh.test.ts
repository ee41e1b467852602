import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ThroughlineError } from '../../error.ts';
import { openSearcher } from '../searcher.ts';
import { memoryStore } from '../testing/memory-store.ts';
import { type Doc, type StreamLake, streamLake } from '../testing/stream-lake.ts';
import { addRow, emptyRows, withoutDead } from './fresh-rows.ts';
import { type FreshOptions, openFresh } from './open-fresh.ts';

const DOCS: Doc[] = ['a', 'b', 'c', 'd'].map((id) => ({ id, text: `late fee ${id}\nbank ${id}` }));

async function indexed(t: TestContext): Promise<StreamLake> {
  const streamed = await streamLake(t, DOCS);
  await streamed.index('one');
  return streamed;
}

/** What is fresh since the first version of the table, and why no more is taken. */
async function fresh(t: TestContext, { root, manifest }: StreamLake, options: Partial<FreshOptions> = {}) {
  const told: ThroughlineError[] = [];
  const onIncomplete = (error: ThroughlineError) => told.push(error);
  const opened = await openFresh(
    { ...manifest('none'), passagesVersion: 1 },
    {
      root,
      store: memoryStore([]),
      onIncomplete,
      ...options,
    },
  );
  t.after(() => opened[Symbol.dispose]());
  return { opened, told, codes: () => told.map(({ code }) => code) };
}

test('past the bounds no more is taken, who opened it is told once, and what was taken stays', async (t) => {
  const streamed = await streamLake(t, DOCS);
  const few = await fresh(t, streamed, { mostRows: 3 });
  const hidden = await fresh(t, streamed, { mostHidden: 2 });
  await streamed.stream([{ id: 'x', text: 'one\ntwo' }], ['a']);
  await few.opened.look();
  await hidden.opened.look();
  await streamed.stream([{ id: 'y', text: 'one\ntwo' }], ['b']);
  for (const { opened, told } of [few, hidden]) {
    await opened.look();
    await streamed.stream([], ['c']);
    await opened.look();
    const { version, passages, hidden, complete } = opened.report();
    assert.deepEqual(
      { version, passages, hidden, complete },
      { version: 2, passages: 2, hidden: 2, complete: false },
    );
    assert.equal(told.length, 1);
    assert.equal(told[0]!.code, 'fresh_too_much');
    assert.match(told[0]!.hint!, /run --only index/);
  }
});

test('records that have come and gone count too, and no more is taken of them than of the rest', async (t) => {
  const streamed = await streamLake(t, DOCS);
  const { opened, codes } = await fresh(t, streamed, { mostRows: 2, mostHidden: 1 });
  for (const id of ['x', 'y', 'z', 'v']) {
    await streamed.stream([{ id, text: 'one' }]);
    await streamed.stream([], [id]);
    await opened.look();
  }
  assert.deepEqual(
    [codes(), opened.state.touched.size, opened.report().passages],
    [['fresh_too_much'], 3, 0],
  );
});

test('rows that are dead, or were read and not committed, go with their words', () => {
  const fresh = emptyRows(32, []);
  const passage = (id: string, text: string) => ({
    ...{ passage: `${id}#0`, record: id, chunk: 'all', ordinal: 0, text, at: null, attributes: [] },
    vector: new Float32Array(32),
  });
  for (const text of ['fees charged', 'bank fee']) addRow(fresh, passage(text, text));
  fresh.rows[1]!.born = 0;
  const kept = withoutDead(fresh, 0);
  assert.deepEqual([...kept.words.keys()], ['bank', 'fee']);
  assert.deepEqual([...kept.numbers.keys()], ['bank', 'fee']);
  assert.deepEqual([...kept.rows[0]!.stems], [0, 1]);
  assert.deepEqual(kept.postings, [
    [0, 1],
    [0, 1],
  ]);
});

test('rows that have come and gone make room', async (t) => {
  const streamed = await streamLake(t, DOCS);
  const { opened, told } = await fresh(t, streamed, { mostRows: 3 });
  for (let i = 0; i < 6; i++) {
    await streamed.stream([{ id: 'x', text: `one ${i}\ntwo` }]);
    await opened.look();
  }
  assert.deepEqual([opened.report().passages, opened.report().hidden, told.length], [2, 0, 0]);
});

test('a log that no longer has a commit, and files that were vacuumed, end what is taken', async (t) => {
  const streamed = await streamLake(t, DOCS);
  const first = await streamed.stream([{ id: 'x', text: 'one' }]);
  const second = await streamed.stream([{ id: 'x', text: 'two' }]);
  const folder = join(streamed.root, '_chunk=all');
  const there = new Set((await second.files()).map(({ path }) => path.split('/').at(-1)));
  const gone = (await first.files())
    .map(({ path }) => path.split('/').at(-1)!)
    .filter((name) => !there.has(name));
  assert.equal(gone.length, 1);
  await rm(join(folder, gone[0]!));
  assert.deepEqual((await fresh(t, streamed)).codes(), ['fresh_files_gone']);
  const log = join(streamed.root, '_delta_log');
  for (const name of await readdir(log)) if (/0002\.json$/.test(name)) await rm(join(log, name));
  const { opened, codes } = await fresh(t, streamed);
  assert.deepEqual([codes(), opened.report().complete], [['fresh_log_cut'], false]);
  assert.equal(opened.report().version, 1);
});

const ALL = { query: 'fee bank news', mode: 'keyword', limit: 100, group: 'passage' } as const;

test('chunks of a run are not shown before their index, and a stream that changes their records hides what the index has of them', async (t) => {
  const streamed = await indexed(t);
  await streamed.chunk('all', [
    { id: 'a', text: 'fee news of a' },
    { id: 'b', text: 'fee news of b' },
    { id: 'e', text: 'news of e' },
  ]);
  await using searcher = await openSearcher(streamed.lake);
  const texts = async () => (await searcher.search(ALL)).hits.map(({ text }) => text).sort();
  const before = DOCS.flatMap(({ text }) => text.split('\n')).sort();
  assert.deepEqual(await texts(), before);
  await streamed.stream([{ id: 'a', text: 'fee of the stream' }], ['b']);
  await streamed.stream([{ id: 'c', text: 'fee anew' }]);
  await searcher.look();
  const left = ['bank d', 'fee anew', 'fee of the stream', 'late fee d'];
  assert.deepEqual(await texts(), left);
  await streamed.stream([], ['a', 'c']);
  await searcher.look();
  assert.deepEqual(await texts(), ['bank d', 'late fee d']);
});

test('a question sees one moment from its beginning to its end', async (t) => {
  const streamed = await indexed(t);
  await using searcher = await openSearcher(streamed.lake);
  await streamed.stream([{ id: 'x', text: 'fee x' }]);
  await searcher.look();
  const asked = Array.from({ length: 8 }, () =>
    searcher.search({ query: 'fee', limit: 100, diversity: 0.5, passages: 3, sentence: true }),
  );
  await streamed.stream([{ id: 'y', text: 'fee y' }], ['x', 'a']);
  await searcher.look();
  for (const { hits } of await Promise.all(asked))
    assert.deepEqual(hits.map(({ recordId }) => recordId).sort(), ['a', 'b', 'c', 'd', 'x']);
  const { hits } = await searcher.search({ query: 'fee', limit: 100 });
  assert.deepEqual(hits.map(({ recordId }) => recordId).sort(), ['b', 'c', 'd', 'y']);
});

test('likeness, records and facets are of what is there', async (t) => {
  const streamed = await indexed(t);
  await using searcher = await openSearcher(streamed.lake);
  await streamed.stream([{ id: 'x', text: 'late fee x', product: 'Card', chunk: 'new' }], ['a']);
  await searcher.look();
  const { hits, facets } = await searcher.similar({ records: ['x'], limit: 100, facets: ['product'] });
  assert.deepEqual(hits.map(({ recordId }) => recordId).sort(), ['b', 'c', 'd']);
  assert.deepEqual(facets!.product, [
    { value: null, records: 3 },
    { value: 'Card', records: 1 },
  ]);
  await assert.rejects(searcher.similar({ records: ['a'] }), /the index has no a/);
  assert.deepEqual(await searcher.placeOf('x'), { chunks: ['new'], versions: {} });
  assert.deepEqual((await searcher.placeOf('a')).chunks, []);
  assert.deepEqual(await searcher.placeOf('b'), { chunks: ['all'], versions: { passages: 1 } });
  assert.deepEqual((await searcher.placeOf('x', { within: 'product == "Loan"' })).chunks, []);
  assert.deepEqual(
    (await searcher.passages(['x#0', 'a#0'])).map(({ text }) => text),
    ['late fee x'],
  );
});

test('what was forgotten is not found, whether a stream or the index has it', async (t) => {
  const streamed = await indexed(t);
  await using looking = await openSearcher(streamed.lake);
  await streamed.stream([{ id: 'x', text: 'fee x' }]);
  await looking.look();
  await streamed.forget(['x', 'a']);
  await looking.look();
  await using opened = await openSearcher(streamed.lake);
  for (const searcher of [looking, opened]) {
    const { hits } = await searcher.search({ query: 'fee', limit: 100 });
    assert.deepEqual(hits.map(({ recordId }) => recordId).sort(), ['b', 'c', 'd']);
  }
});

test('a version that is named is asked alone, unless told', async (t) => {
  const streamed = await indexed(t);
  await streamed.stream([{ id: 'x', text: 'fee x' }]);
  await using named = await openSearcher(streamed.lake, { version: 'one' });
  assert.equal((await named.search(ALL)).hits.length, 8);
  assert.equal(named.freshness(), undefined);
  await using both = await openSearcher(streamed.lake, { version: 'one', fresh: true });
  assert.equal((await both.search(ALL)).hits.length, 9);
});
