import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answer, type Question, type SearchResult } from './answer.ts';
import { askQuestion, askSimilar, type Index } from './ask-sides.ts';
import type { IndexColumns } from './columns.ts';
import { FORMAT, type IndexManifest } from './manifest.ts';
import { normalised } from './mmr.ts';
import { partedStore } from './parted-store.ts';
import type { SearchRequest, SimilarRequest } from './request.ts';
import type { IndexStore } from './store.ts';
import { type MemoryPassage, memoryStore } from './testing/memory-store.ts';

const MANIFEST: IndexManifest = {
  version: 'one',
  build: 'none',
  format: FORMAT,
  passagesVersion: 0,
  passages: 0,
  dimension: 2,
  modelDigest: '',
  mapping: {
    id: 'id',
    text: ['text'],
    timestamp: 'received',
    attributes: [
      { name: 'product', column: 'product', type: 'string' },
      { name: 'amount', column: 'amount', type: 'double' },
    ],
  },
  madeAt: 0,
  ms: 0,
};

const direction = (degrees: number) =>
  normalised(Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)));

/** A passage whose meaning is an angle: the question means 0. */
function passage(record: string, ordinal: number, text: string, degrees: number, more = {}): MemoryPassage {
  return {
    passage: `${record}.${ordinal}`,
    record,
    ordinal,
    text,
    chunk: 'all',
    at: null,
    attributes: { product: null, amount: null },
    vector: direction(degrees),
    ...more,
  };
}

const noColumns = {} as IndexColumns;
const indexOf = (passages: readonly MemoryPassage[], store = memoryStore(passages)): Index => ({
  store,
  columns: noColumns,
  model: {
    open: async () => {},
    question: async () => direction(0),
    passages: async (texts) =>
      Float32Array.from(texts.flatMap((text) => [...direction(text.includes('meant') ? 0 : 90)])),
    [Symbol.asyncDispose]: async () => {},
  },
});

function search(
  passages: readonly MemoryPassage[],
  request: SearchRequest,
  store?: IndexStore,
): Promise<SearchResult> {
  const { fusion: how = 'rrf', weight = 0.5 } = request;
  const fusion: Question['fusion'] = how === 'rrf' ? { by: 'rrf' } : { by: 'score', weight };
  const { query, mode } = request;
  return answer(indexOf(passages, store), MANIFEST, request, {
    shape: { query, mode, fusion },
    fusion,
    sentence: request.sentence ?? false,
    matches: mode === 'keyword',
    ask: (index, scope) => askQuestion(index, request, scope),
  });
}

const idsOf = ({ hits }: SearchResult) => hits.map(({ recordId }) => recordId);

const PASSAGES = [
  passage('a', 0, 'late fee', 40, { at: 3e6, attributes: { product: 'card', amount: 2 } }),
  passage('a', 1, 'nothing of it', 5, { at: 3e6, attributes: { product: 'card', amount: 2 } }),
  passage('b', 0, 'a fee of the card', 10, { at: 1e6, attributes: { product: 'loan', amount: null } }),
  passage('c', 0, 'quite another thing', 60, { at: 2e6, attributes: { product: 'card', amount: 1 } }),
  passage('d', 0, 'quite the same thing', 61, { attributes: { product: null, amount: 3 } }),
];

test('records are ranked by their best passage on each side, and show the one that both rank best', async () => {
  const { hits } = await search(PASSAGES, {
    ...{ query: 'late fee', explain: true, passages: 2, feedback: false },
  });
  assert.deepEqual(
    hits.map(({ recordId }) => recordId),
    ['a', 'b', 'c', 'd'],
  );
  assert.equal(hits[0]!.passageId, 'a.0');
  assert.deepEqual(
    hits[0]!.passages!.map(({ passageId }) => passageId),
    ['a.0', 'a.1'],
  );
  assert.deepEqual(hits[0]!.explain, {
    keyword: { rank: 1, score: 2 },
    semantic: { rank: 1, score: hits[0]!.passages![1]!.scores.semantic },
  });
  assert.equal(hits[2]!.explain!.keyword, null);
});

test('a hybrid search asks again, moved towards its first hits; scores stay those of the question', async () => {
  const { hits, explain } = await search(PASSAGES, { query: 'late fee', explain: true });
  assert.deepEqual(explain!.semantic!.feedback, ['a', 'b', 'c']);
  const plain = await search(PASSAGES, { query: 'late fee', mode: 'semantic', explain: true });
  assert.equal(plain.explain!.semantic!.feedback, null);
  const known = new Map(plain.hits.map(({ passageId, score }) => [passageId, score]));
  const scored = hits.filter(({ passageId }) => known.has(passageId));
  assert.ok(scored.length > 0);
  for (const { passageId, scores } of scored)
    assert.ok(Math.abs(scores.semantic! - known.get(passageId)!) < 1e-6, passageId);
});

test('hits may be passages', async () => {
  const { hits } = await search(PASSAGES, { query: 'fee', mode: 'semantic', group: 'passage' });
  assert.deepEqual(
    hits.map(({ passageId }) => passageId),
    ['a.1', 'b.0', 'a.0', 'c.0', 'd.0'],
  );
});

test('what a text must have or must not holds for what its meaning finds, too', async () => {
  assert.deepEqual(idsOf(await search(PASSAGES, { query: '+fee' })), ['a', 'b']);
  assert.deepEqual(idsOf(await search(PASSAGES, { query: 'late -card' })), ['a', 'c', 'd']);
  assert.deepEqual(idsOf(await search(PASSAGES, { query: '"same thing"' })), ['d']);
  assert.deepEqual(idsOf(await search(PASSAGES, { query: '+nowhere' })), []);
  const plain = await search(PASSAGES, { query: '+fee', syntax: false });
  assert.equal(plain.hits.length, 4);
});

test('of few passages that have the words, the meaning of all counts', async () => {
  const many = Array.from({ length: 500 }, (_, i) =>
    passage(`r${i}`, 0, i % 10 === 9 ? 'late fee' : 'late', i / 4),
  );
  const { hits, explain } = await search(many, { query: '+fee late', explain: true, limit: 50 });
  assert.equal(hits.length, 50);
  assert.ok(hits.every(({ scores }) => scores.semantic !== null && scores.keyword !== null));
  assert.equal(hits.find(({ recordId }) => recordId === 'r9')!.explain!.semantic!.rank, 1);
  assert.deepEqual([explain!.semantic!.plan.search, explain!.semantic!.plan.matching], ['exact', 50]);
});

test('a filter, a minimum score and an order hold', async () => {
  const semantic = { query: 'x', mode: 'semantic' } as const;
  assert.deepEqual(idsOf(await search(PASSAGES, { ...semantic, filter: 'product == "card"' })), ['a', 'c']);
  assert.deepEqual(idsOf(await search(PASSAGES, { ...semantic, filter: 'id != "a"' })), ['b', 'c', 'd']);
  assert.deepEqual(idsOf(await search(PASSAGES, { ...semantic, minScore: 0.9 })), ['a', 'b']);
  const sorted = async (by: string, order: 'asc' | 'desc') =>
    idsOf(await search(PASSAGES, { ...semantic, sort: { by, order } })).join('');
  assert.equal(await sorted('received', 'desc'), 'acbd');
  assert.equal(await sorted('received', 'asc'), 'bcad');
  assert.equal(await sorted('amount', 'desc'), 'dacb');
  assert.equal(await sorted('product', 'asc'), 'acbd');
  await assert.rejects(sorted('nonsense', 'asc'), { exitCode: 64, message: /nonsense/ });
});

test('a page is full where there are enough records, however many passages the best ones have', async () => {
  const passages = Array.from({ length: 1_500 }, (_, i) =>
    passage(`r${Math.floor(i / 150)}`, i, 'fee', i / 10),
  );
  for (const mode of ['hybrid', 'semantic', 'keyword'] as const) {
    const whole = await search(passages, { query: 'fee', mode, limit: 8 });
    assert.equal(whole.hits.length, 8, mode);
    const { hits } = await search(passages, { query: 'fee', mode, limit: 8, cursor: whole.nextCursor! });
    assert.equal(new Set([...hits, ...whole.hits].map(({ recordId }) => recordId)).size, 8 + hits.length);
  }
});

test('sorted, words are looked for in all passages, not in the best ones', async () => {
  const many = Array.from({ length: 600 }, (_, i) =>
    passage(`r${i}`, 0, i < 300 ? 'fee' : 'fee late', 0, { at: i }),
  );
  const request = { query: 'late fee', limit: 1, sort: { by: 'received', order: 'asc' as const } };
  assert.deepEqual(idsOf(await search(many, { ...request, mode: 'keyword' })), ['r0']);
  assert.deepEqual(idsOf(await search(many, { ...request, mode: 'keyword', minScore: 2 })), ['r300']);
});

test('diversity puts off what is like a hit before it', async () => {
  const semantic = { query: 'x', mode: 'semantic' } as const;
  assert.deepEqual(idsOf(await search(PASSAGES, { ...semantic, diversity: 0.7 })), ['a', 'd', 'b', 'c']);
});

test('scores are fused where that is asked for', async () => {
  const { hits } = await search(PASSAGES, { query: 'late fee', fusion: 'score', weight: 0 });
  assert.deepEqual([hits[0]!.recordId, hits[0]!.score, hits[1]!.score], ['a', 1, 0]);
});

test('the sentence that is nearest to the question is told', async () => {
  const text = 'Something else. What was meant! And more.';
  const { hits } = await search([passage('a', 0, text, 0)], { query: 'x', mode: 'semantic', sentence: true });
  const { start, end } = hits[0]!.sentence!;
  assert.equal(text.slice(start, end), 'What was meant!');
});

test('what is like records or passages is found without them', async () => {
  const like = (request: SimilarRequest) =>
    answer(indexOf(PASSAGES), MANIFEST, request, {
      shape: {},
      fusion: { by: 'rrf' },
      sentence: false,
      matches: false,
      ask: (index, scope) => askSimilar(index, request, scope),
    });
  assert.deepEqual(idsOf(await like({ records: ['c'] })), ['d', 'a', 'b']);
  assert.deepEqual(idsOf(await like({ passageIds: ['a.1'] })), ['b', 'c', 'd']);
  assert.deepEqual(idsOf(await like({ records: ['c', 'd'], filter: 'product == "loan"' })), ['b']);
  await assert.rejects(like({ records: ['c', 'nobody'] }), { exitCode: 64, message: /nobody/ });
  await assert.rejects(like({ passageIds: ['nothing'] }), { exitCode: 64, message: /nothing/ });
});

const corpus = fc
  .array(
    fc.record({
      record: fc.constantFrom(...'abcdefghijklmnop'),
      text: fc.constantFrom('late fee', 'fee', 'late', 'thing', 'fee fee late'),
      degrees: fc.integer({ min: 0, max: 180 }),
      at: fc.option(fc.integer({ min: 0, max: 5 })),
    }),
    { maxLength: 60 },
  )
  .map((all) => all.map(({ record, text, degrees, at }, i) => passage(record, i, text, degrees, { at })));
const SHAPES = {
  mode: fc.constantFrom('hybrid' as const, 'semantic' as const, 'keyword' as const),
  group: fc.constantFrom('record' as const, 'passage' as const),
  fusion: fc.constantFrom('rrf' as const, 'score' as const),
  order: fc.constantFrom({}, { diversity: 0.5 }, { sort: { by: 'received', order: 'desc' as const } }),
};
const shape = fc.record(SHAPES);

test('pages together are what one page would be: nothing twice, nothing left out', async () => {
  await fc.assert(
    fc.asyncProperty(
      corpus,
      shape,
      fc.integer({ min: 1, max: 7 }),
      async (passages, { order, ...rest }, size) => {
        const request = { query: 'late fee', ...rest, ...order };
        const whole = await search(passages, { ...request, limit: 100 });
        assert.equal(whole.nextCursor, null);
        const pages: SearchResult['hits'] = [];
        let cursor: string | null | undefined;
        while (cursor !== null) {
          const page = await search(passages, { ...request, limit: size, cursor: cursor ?? undefined });
          assert.ok(page.hits.length <= size);
          pages.push(...page.hits);
          cursor = page.nextCursor;
        }
        assert.deepEqual(pages, whole.hits);
      },
    ),
    { numRuns: 60 },
  );
});

test('a store of two parts answers by meaning as one of all their passages', async () => {
  const filter = fc.constantFrom(undefined, 'received < timestamp("1970-01-01T00:00:03Z")');
  const { group, order } = SHAPES;
  await fc.assert(
    fc.asyncProperty(
      corpus,
      corpus,
      group,
      order,
      filter,
      async (base, more, groupBy, ordered, condition) => {
        const tail = more.map((one) => ({ ...one, passage: `tail ${one.passage}` }));
        const parts = partedStore(memoryStore(base), memoryStore(tail), {
          gone: 0,
          frequencies: { base: async () => 0, tail: async () => 0 },
        });
        const own = { group: groupBy, ...ordered, filter: condition };
        const request = { query: 'fee', mode: 'semantic', limit: 50, explain: true, ...own } as const;
        const one = await search([...base, ...tail], request);
        const several = await search([], request, parts);
        assert.deepEqual(several.hits, one.hits);
        assert.deepEqual(several.explain!.semantic, one.explain!.semantic);
      },
    ),
    { numRuns: 60 },
  );
});

test('a cursor is refused with another query, filter or order', async () => {
  const request = { query: 'late fee', limit: 1 };
  const { nextCursor } = await search(PASSAGES, request);
  const cursor = nextCursor!;
  for (const change of [
    { query: 'late' },
    { filter: 'product == "card"' },
    { mode: 'keyword' as const },
    { sort: { by: 'amount', order: 'asc' as const } },
    { minScore: 0.1 },
  ])
    await assert.rejects(search(PASSAGES, { ...request, ...change, cursor }), { exitCode: 64 });
  assert.equal(
    (await search(PASSAGES, { ...request, limit: 2, cursor })).hits.length,
    2,
    'another limit is fine',
  );
});
