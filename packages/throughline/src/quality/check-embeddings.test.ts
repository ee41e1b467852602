import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openSession, type Session } from '../engine/local/session.ts';
import { checkEmbeddings, type EmbeddingLimits } from './check-embeddings.ts';

let session: Session;
before(async () => {
  session = await openSession();
});
after(() => session[Symbol.asyncDispose]());

const PROMISED = { dimension: 2, normalised: true, truncates: true };

/** Passages with these vectors, each of a record of its own; SQL literals. */
function table(vectors: readonly string[], texts = vectors.map((_, i) => `text ${i}`)): string {
  const rows = vectors.map(
    (v, i) => `('c', 'p${i}', 'r${i}', 0, '${texts[i]}', md5('${texts[i]}'), ${v}::FLOAT[])`,
  );
  return `(SELECT * FROM (VALUES ${rows.join(', ')}) AS v(_chunk, _passage, _id, _ordinal, _text, _hash, _embedding))`;
}

function check(passages: string, limits: EmbeddingLimits = {}, promised = PROMISED, records = passages) {
  return checkEmbeddings(limits, promised, { session, records, passages });
}

test('vectors of the right dimension and length pass', async () => {
  const found = await check(table(['[0.6, 0.8]', '[1, 0]', '[0.0004, 0.9999]']));
  assert.deepEqual([found.status, found.observed, found.detail], ['passed', 0, undefined]);
});

test('each fault is counted by its name, with the passages that have it', async () => {
  const vectors = [
    '[1, 0]',
    '[0, 0]',
    '[1, 0, 0]',
    "['nan'::FLOAT, 0]",
    "['inf'::FLOAT, 0]",
    '[0.7, 0.7]',
    'NULL',
    '[1, NULL]',
  ];
  const found = await check(table(vectors));
  assert.deepEqual(
    [found.status, found.observed, found.detail],
    ['failed', 7, 'missing 1, dimension 1, not_finite 3, zero 1, norm 1'],
  );
  assert.deepEqual(found.sample, ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7']);
  const free = await check(table(['[0.7, 0.7]', '[30, 4]']), {}, { ...PROMISED, normalised: false });
  assert.equal(free.status, 'passed');
});

test('vectors that are the same for other texts are told, and for the same text they are not', async () => {
  const limits = { distinct: { min: 0.9 } };
  const same = await check(table(['[1, 0]', '[1, 0]', '[0, 1]', '[0, 1]'], ['a', 'a', 'b', 'b']), limits);
  assert.deepEqual([same.status, same.detail], ['passed', 'distinct 1']);
  const collapsed = await check(
    table(['[1, 0]', '[1, 0]', '[0, 1]', '[1, 0]'], ['a', 'b', 'c', 'd']),
    limits,
  );
  assert.deepEqual([collapsed.status, collapsed.detail], ['failed', 'distinct 0.5']);
});

test('texts that are cut are a share of the records; blanks at the ends are no part of a text', async () => {
  const passages = table(['[1, 0]', '[0, 1]'], ['whole', 'the beginning']);
  const records = table(['[1, 0]', '[0, 1]'], ['  whole \u00a0', 'the beginning of it']);
  const limits = { truncated: { max: 0.4 } };
  const cut = await check(passages, limits, PROMISED, records);
  assert.deepEqual([cut.status, cut.observed, cut.detail], ['failed', 0, 'truncated 0.5']);
  const split = await check(passages, limits, { ...PROMISED, truncates: false }, records);
  assert.deepEqual([split.status, split.detail], ['passed', 'truncated 0']);
});
