import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CountedChunk, type Counts, checkCounts } from './check-counts.ts';

const chunk = fc.record({
  records: fc.nat(50),
  passages: fc.nat(90),
  deadLetters: fc.nat(9),
});

function countsOf(chunks: readonly CountedChunk[], filtered = 3): Counts {
  const rows = (of: (one: CountedChunk) => number) =>
    new Map(chunks.flatMap((one) => (of(one) === 0 ? [] : [[one.id, of(one)] as const])));
  const staged = chunks.reduce((sum, one) => sum + one.rows, 0);
  return {
    ...{ sourceRows: staged + filtered, filtered, staged, published: chunks },
    tables: {
      records: rows((one) => one.records),
      passages: rows((one) => one.passages),
      dead_letters: rows((one) => one.deadLetters),
    },
  };
}

const chunks = fc
  .array(chunk, { minLength: 1, maxLength: 6 })
  .map((all) =>
    all.map((one, i): CountedChunk => ({ id: `c${i}`, rows: one.records + one.deadLetters, ...one })),
  );

const statuses = (counts: Counts, transform: Parameters<typeof checkCounts>[1] = []) =>
  checkCounts(counts, transform).map(({ status, observed }) => [status, observed]);

test('counts that add up pass', () => {
  fc.assert(
    fc.property(chunks, (all) => {
      assert.deepEqual(statuses(countsOf(all)), [
        ['passed', 0],
        ['passed', 0],
      ]);
    }),
  );
});

test('a row that is lost or there twice is found, in the chunk that has it', () => {
  fc.assert(
    fc.property(chunks, fc.constantFrom(-1, 1, 7), (all, off) => {
      const [first, ...rest] = all;
      const lost = countsOf([{ ...first!, rows: Math.max(0, first!.rows + Math.abs(off)) }, ...rest]);
      const [source] = checkCounts(lost, []);
      assert.deepEqual(
        [source!.status, source!.observed, source!.sample],
        ['failed', Math.abs(off), [first!.id]],
      );
      const counts = countsOf(all);
      const records = new Map(counts.tables.records);
      records.set(first!.id, (records.get(first!.id) ?? 0) + Math.abs(off));
      const [, tables] = checkCounts({ ...counts, tables: { ...counts.tables, records } }, []);
      assert.deepEqual([tables!.status, tables!.observed], ['failed', Math.abs(off)]);
    }),
  );
});

test('rows between source and chunks are missed too', () => {
  const counts = countsOf([{ id: 'a', rows: 5, records: 4, passages: 4, deadLetters: 1 }]);
  assert.deepEqual(statuses({ ...counts, sourceRows: counts.sourceRows + 2 })[0], ['failed', 2]);
});

test('a transform that leaves rows out may, one that makes some may as well, and others may not', () => {
  const fewer = countsOf([{ id: 'a', rows: 9, records: 5, passages: 5, deadLetters: 0 }]);
  const more = countsOf([{ id: 'a', rows: 3, records: 5, passages: 5, deadLetters: 0 }]);
  const first = (counts: Counts, transform: Parameters<typeof checkCounts>[1]) =>
    statuses(counts, transform)[0]![0];
  assert.equal(first(fewer, [{ dedupe: 'text' }]), 'passed');
  assert.equal(first(more, [{ dedupe: 'text' }]), 'failed');
  assert.equal(first(more, [{ sql: 'SELECT * FROM input' }]), 'passed');
  assert.equal(first(fewer, [{ normalise: true } as never]), 'failed');
});
