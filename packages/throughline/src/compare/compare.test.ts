/** Each kind of difference is planted alone, and exactly that is reported. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { type CompareRequest, type Comparison, compareSides } from './compare.ts';
import {
  type Result,
  randomNumbers,
  results,
  temporaryFolder,
  withRow,
  writeResultsParquet,
} from './testing/results.ts';

const ROWS = results(60);

async function compared(
  t: TestContext,
  left: readonly Result[],
  right: readonly Result[],
  options: Partial<CompareRequest> = {},
): Promise<Comparison> {
  const folder = await temporaryFolder(t);
  const [a, b] = [join(folder, 'a.parquet'), join(folder, 'b.parquet')];
  await writeResultsParquet(a, left);
  await writeResultsParquet(b, right);
  return compareSides({ a, b, columns: {}, limits: {}, ...options });
}

/** What differs, without what follows from it: neighbours change with every row that comes, goes or moves. */
function reported({ missing, extra, changed, duplicates, vectors, ami, equal }: Comparison) {
  const { unlike, otherDimension, missing: noVector, notFinite, zero, below } = vectors!;
  const faults = { otherDimension, noVector, notFinite, zero };
  return {
    equal,
    missing,
    extra,
    changed,
    duplicates,
    unlike,
    ...faults,
    below: below > 0,
    themes: ami !== 1,
  };
}

const NONE = { a: 0, b: 0 };
const SAME = {
  equal: true,
  missing: 0,
  extra: 0,
  changed: 0,
  duplicates: 0,
  unlike: 0,
  otherDimension: 0,
  noVector: NONE,
  notFinite: NONE,
  zero: NONE,
  below: false,
  themes: false,
};

const kept = (comparison: Comparison) => comparison.verdict.flatMap(({ limit, ok }) => (ok ? [] : [limit]));
const ids = (rows: readonly { id: string | null }[]) => rows.map(({ id }) => id);

test('a file is equal to itself in any order of rows', async (t) => {
  const found = await compared(t, ROWS, ROWS.toReversed());
  assert.deepEqual(reported(found), SAME);
  assert.deepEqual([found.minCosine, found.topTen, found.ami], [1, 1, 1]);
  assert.deepEqual([found.matching.rows, found.vectors!.compared, found.neighbours!.queries], [60, 60, 60]);
  assert.deepEqual(found.worst, []);
});

test('a row that only one side has is missing or extra', async (t) => {
  const without = ROWS.filter((_, i) => i !== 7);
  const missing = await compared(t, ROWS, without);
  assert.deepEqual(reported(missing), { ...SAME, equal: false, missing: 1 });
  assert.deepEqual([ids(missing.examples.missing), missing.matching.missingIds], [['r007'], 1]);
  assert.deepEqual(kept(missing), ['missing']);
  const extra = await compared(t, without, ROWS);
  assert.deepEqual(reported(extra), { ...SAME, equal: false, extra: 1 });
  assert.deepEqual([ids(extra.examples.extra), extra.matching.extraIds], [['r007'], 1]);
  assert.deepEqual(kept(extra), ['extra']);
});

test('a row that one side has twice is a duplicate; twice on both sides it is not a difference', async (t) => {
  const twice = [...ROWS, ROWS[3]!];
  const found = await compared(t, ROWS, twice);
  assert.deepEqual(reported(found), { ...SAME, equal: false, duplicates: 1 });
  assert.deepEqual(ids(found.examples.duplicates), ['r003']);
  assert.deepEqual([found.counts.a.duplicates, found.counts.b.duplicates], [0, 1]);
  const other = { ...ROWS[3]!, text: 'another text of the same id' };
  const both = await compared(t, [...ROWS, other], [other, ...ROWS]);
  assert.deepEqual(reported(both), SAME);
});

test('a text that differs in one character is changed', async (t) => {
  const found = await compared(t, ROWS, withRow(ROWS, 5, { text: `${ROWS[5]!.text} ` }));
  assert.deepEqual(reported(found), { ...SAME, equal: false, changed: 1 });
  assert.deepEqual(found.examples.changed, [
    { id: 'r005', ordinal: null, a: ROWS[5]!.text, b: `${ROWS[5]!.text} ` },
  ]);
});

test('a vector slightly off is below the limit and the worst row, and within a wider limit', async (t) => {
  const off = ROWS[9]!.embedding!.map((value, i) => value + (i === 0 ? 0.03 : 0));
  const moved = withRow(ROWS, 9, { embedding: off });
  const found = await compared(t, ROWS, moved);
  assert.deepEqual(reported(found), { ...SAME, equal: false, below: true });
  assert.deepEqual(kept(found), ['minCosine']);
  assert.ok(Math.abs(found.minCosine! - cosine(ROWS[9]!.embedding!, off)) < 1e-6);
  assert.deepEqual(ids(found.worst), ['r009']);
  assert.equal(found.vectors!.below, 1 / 60);
  assert.deepEqual([found.vectors!.p1, found.vectors!.p5], [found.minCosine, 1]);
  const allowed = await compared(t, ROWS, moved, { limits: { minCosine: 0.99 } });
  assert.equal(allowed.equal, true);
});

test('vectors of one direction and another length are the same', async (t) => {
  const doubled = ROWS.map((row) => ({ ...row, embedding: row.embedding!.map((value) => value * 2) }));
  assert.deepEqual(reported(await compared(t, ROWS, doubled)), SAME);
});

for (const [name, embedding, report] of [
  ['without a vector', null, { noVector: { a: 0, b: 1 } }],
  ['with a vector of another dimension', [1, 2, 3], { otherDimension: 1 }],
  ['with NaN in its vector', [Number.NaN, 1, 1, 1, 1, 1, 1, 1], { notFinite: { a: 0, b: 1 } }],
  ['with infinity in its vector', [1, 1, 1, 1, 1, 1, 1, -Infinity], { notFinite: { a: 0, b: 1 } }],
  ['with a vector of zeros', [0, 0, 0, 0, 0, 0, 0, 0], { zero: { a: 0, b: 1 } }],
] as const) {
  test(`a row ${name} has no cosine, and is reported as what it is`, async (t) => {
    const found = await compared(t, ROWS, withRow(ROWS, 11, { embedding }));
    assert.deepEqual(reported(found), { ...SAME, equal: false, unlike: 1, ...report });
    assert.deepEqual(kept(found), ['vectors']);
    assert.deepEqual([found.vectors!.compared, found.minCosine], [59, 1]);
    assert.deepEqual(ids(found.examples.vectors), ['r011']);
    const both = await compared(t, withRow(ROWS, 11, { embedding }), withRow(ROWS, 11, { embedding }));
    assert.equal(both.equal, true, 'the same fault on both sides is no difference');
  });
}

test('vectors of another model are compared by their neighbours', async (t) => {
  const wider = ROWS.map((row) => ({ ...row, embedding: [...row.embedding!, 0] }));
  const found = await compared(t, ROWS, wider, { limits: { topTen: 1 } });
  assert.deepEqual([found.minCosine, found.vectors!.otherDimension, found.topTen], [null, 60, 1]);
  assert.deepEqual(kept(found), ['vectors', 'minCosine']);
});

test('themes with other names are the same, others are not, and a limit on them is one', async (t) => {
  const named = (name: (theme: number) => string | null) =>
    ROWS.map((row) => ({ ...row, theme: name(Number(row.theme!.split(' ')[1])) }));
  const permuted = await compared(
    t,
    ROWS,
    named((theme) => `t${(theme + 1) % 4}`),
    { limits: { ami: 1 } },
  );
  assert.deepEqual(reported(permuted), SAME);
  const halves = named((theme) => String(theme % 2));
  const other = await compared(t, ROWS, halves);
  assert.deepEqual(reported(other), { ...SAME, themes: true });
  assert.deepEqual(other.themes!.themes, { a: 4, b: 2 });
  const limited = await compared(t, ROWS, halves, { limits: { ami: 0.9 } });
  assert.deepEqual(kept(limited), ['ami']);
  const noise = await compared(
    t,
    ROWS,
    named((theme) => (theme === 0 ? '-1' : String(theme))),
  );
  assert.deepEqual(noise.themes!.unassigned, { a: 0, b: 0.25 });
});

test('neighbours that change while every cosine is within the limit are found', async (t) => {
  const random = randomNumbers(7);
  const near = (scale: number, embedding: readonly number[]) =>
    embedding.map((value) => value + scale * (random() - 0.5));
  const dense = ROWS.map((row) => ({ ...row, embedding: near(0.02, [1, 1, 1, 1, 1, 1, 1, 1]) }));
  const shaken = dense.map((row) => ({ ...row, embedding: near(0.02, row.embedding) }));
  const found = await compared(t, dense, shaken);
  assert.deepEqual(reported(found), SAME);
  assert.ok(found.topTen! < 0.8, `${found.topTen}`);
  const limited = await compared(t, dense, shaken, { limits: { topTen: 0.99 } });
  assert.deepEqual(kept(limited), ['topTen']);
});

test('which of equally near rows are the ten nearest says nothing', async (t) => {
  const random = randomNumbers(3);
  const alike = ROWS.map((row) => ({ ...row, embedding: [1, 0, 0, 0, 0, 0, 0, 0] }));
  const rounded = alike.map((row) => ({
    ...row,
    embedding: row.embedding.map((value) => Math.fround(value + 1e-7 * random())),
  }));
  const found = await compared(t, alike, rounded);
  assert.equal(found.topTen, 1);
});

test('the sample of rows is the same for the same ids, and as large as it was asked for', async (t) => {
  const moved = ROWS.map((row, i) =>
    i % 5 === 0 ? { ...row, embedding: row.embedding!.toReversed() } : row,
  );
  const first = await compared(t, ROWS, moved, { queries: 10 });
  const second = await compared(t, ROWS.toReversed(), moved, { queries: 10 });
  assert.equal(first.neighbours!.queries, 10);
  assert.deepEqual(first.neighbours, second.neighbours);
  assert.ok(first.topTen! < 1);
});

test('ids that match nowhere are named as what may be a wrong column', async (t) => {
  const renamed = ROWS.map((row) => ({ ...row, id: `x${row.id}` }));
  const found = await compared(t, ROWS, renamed);
  assert.deepEqual([found.missing, found.extra, found.matching.rows], [60, 60, 0]);
  assert.ok(found.notes.some((note) => note.includes('check which column is the id')));
});

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
