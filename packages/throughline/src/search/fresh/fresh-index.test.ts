/** A searcher with what streams have committed answers as an index of the newest version of the table does. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { openSearcher, type Searcher } from '../searcher.ts';
import { type Doc, type StreamLake, streamLake } from '../testing/stream-lake.ts';

const WORDS = [
  'late',
  'fee',
  'fees',
  'bank',
  'card',
  'charged',
  'twice',
  'never',
  'nobody',
  'called',
  'debt',
];
const textOf = fc
  .array(fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 3 })
  .map((lines) => lines.map((words) => words.join(' ')).join('\n'));
const docOf = fc.record({
  id: fc.integer({ min: 0, max: 19 }).map((n) => `r${n}`),
  text: textOf,
  chunk: fc.constantFrom('a', 'b'),
  product: fc.constantFrom('Card', 'Loan', null),
  amount: fc.bigInt({ min: 0n, max: 90n }),
});
/** One of each id, as a batch of a stream has them. */
const docs = (maxLength: number) => fc.uniqueArray(docOf, { maxLength, selector: ({ id }) => id });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ upserts: docs(5), deletes: fc.subarray(['r1', 'r2', 'r3', 'r25']) }) },
  { weight: 1, arbitrary: fc.constant('compact' as const) },
);

const FILTERS = [
  undefined,
  'product == "Card"',
  'amount > 30 && !has(product) || product == "Loan"',
  'id != "r3"',
];
const QUERIES = [
  'late fee',
  'charged twice',
  '"late fee"',
  '+bank fee',
  'debt -card',
  'call* fee',
  'nobody -"late fee"',
];

async function answersOf(searcher: Searcher) {
  const answers: unknown[] = [];
  for (const filter of FILTERS) {
    const shared = { limit: 100, group: 'passage', ...(filter && { filter }) } as const;
    for (const query of QUERIES) {
      const { hits } = await searcher.search({ ...shared, query, mode: 'keyword' });
      answers.push([query, filter, hits.map(({ passageId }) => passageId).sort()]);
    }
    const { hits, facets } = await searcher.search({
      ...{ ...shared, query: 'a late fee of the bank', mode: 'semantic', facets: ['product', 'seen'] },
    });
    const shown = hits.map(({ passageId, recordId, text, at, attributes, score }) => ({
      ...{ passageId, recordId, text, at, attributes, score: score.toFixed(4) },
    }));
    answers.push([filter, facets, shown.sort((a, b) => (a.passageId < b.passageId ? -1 : 1))]);
  }
  return answers;
}

const cleanups: (() => unknown)[] = [];
const t = { after: (work: () => unknown) => void cleanups.push(work) };
let streamed: StreamLake;
before(async () => {
  streamed = await streamLake(t as never, []);
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

test('whatever streams commit, a searcher finds what an index of the newest version finds', async () => {
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      docs(15),
      docs(10),
      fc.array(step, { minLength: 1, maxLength: 6 }),
      async (a, b, steps) => {
        await streamed.chunk('a', withIds(a, 'a'));
        await streamed.chunk('b', withIds(b, 'b'));
        const first = `p${n++}`;
        await streamed.index(first);
        await using looking = await openSearcher(streamed.lake);
        for (const one of steps) {
          if (one === 'compact') await streamed.compact();
          else await streamed.stream(one.upserts, one.deletes);
          if (steps.length % 2 === 0) await looking.look();
        }
        await looking.look();
        const upToDate = await answersOf(looking);
        await using opened = await openSearcher(streamed.lake);
        assert.deepEqual(await answersOf(opened), upToDate);
        await streamed.index(`p${n++}`);
        await using whole = await openSearcher(streamed.lake);
        assert.deepEqual(upToDate, await answersOf(whole));
      },
    ),
    { numRuns: 3, endOnFailure: true },
  );
});

/** Runs give an id to one chunk only here. */
function withIds(own: readonly Doc[], chunk: string): Doc[] {
  return own.filter(({ id }) => Number(id.slice(1)) % 2 === (chunk === 'a' ? 0 : 1));
}
