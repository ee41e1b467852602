import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { openSession, type Session } from '../engine/local/session.ts';
import { duckDbString } from '../filter/duckdb.ts';
import { checkDuplicates } from './check-duplicates.ts';
import { checkLanguage } from './check-language.ts';
import { checkLengthChange, distance } from './check-length-change.ts';
import { checkRows } from './check-rows.ts';
import type { RowCondition } from './row-conditions.ts';
import { encodingTest } from './text/encoding.ts';
import { piiTest } from './text/pii.ts';

let session: Session;
before(async () => {
  session = await openSession();
});
after(() => session[Symbol.asyncDispose]());

/** A table expression of records with these texts, whose ids are their places. */
function records(texts: readonly string[]): string {
  const rows = texts.map((text, i) => `('${String(i).padStart(4, '0')}', ${duckDbString(text)})`);
  return `(SELECT _id, _text, md5(_text) AS _hash FROM (VALUES ${rows.join(', ')}) AS v(_id, _text))`;
}

function condition(name: 'pii' | 'encoding', max = 0): RowCondition {
  const test = name === 'pii' ? piiTest() : encodingTest();
  const check = { check: name, severity: 'warn', max, name: undefined, column: undefined, kinds: undefined };
  return { check: check as never, name, is: 'text', column: '_text', test };
}

test('a pass over the table finds what the mapper finds, row by row', async () => {
  const parts = fc.constantFrom(
    ...[
      'plain',
      'a@b.example',
      '212-555-0147',
      '4111111111111111',
      '123-45-6789',
      '10.0.0.1',
      '\ufffd',
      'Ã©',
      'â€™',
    ],
    ...['DE89370400440532013000', 'é', '\u0000', '\u0007', 'Ñ', '12:30', '1.2'],
  );
  const text = fc
    .array(fc.oneof(parts, fc.string()), { maxLength: 3 })
    .map((some) => some.join(' ').toWellFormed());
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 12 }), async (texts) => {
      const results = await checkRows(session, records(texts), [condition('pii'), condition('encoding')]);
      for (const [i, kind] of [piiTest(), encodingTest()].entries())
        assert.equal(results[i]!.observed, texts.filter((one) => kind.find(one).length > 0).length);
    }),
    { numRuns: 60 },
  );
});

test('counts by kind and ids are told, and never the text; a share may be wrong', async () => {
  const texts = ['mail a@b.example or 212-555-0147', 'fine', 'mail c@d.example', 'fine too'];
  const [strict] = await checkRows(session, records(texts), [condition('pii')]);
  assert.deepEqual(
    [strict!.status, strict!.observed, strict!.sample, strict!.detail],
    ['failed', 2, ['0000', '0002'], 'email 2, phone 1'],
  );
  assert.doesNotMatch(JSON.stringify(strict), /example|555/);
  const [lax] = await checkRows(session, records(texts), [condition('pii', 0.5)]);
  assert.deepEqual([lax!.status, lax!.expected], ['passed', 'at most 2 of 4 rows']);
});

const ENGLISH = 'The bank has charged me twice for the same purchase and will not answer my letters.';
const SPANISH = 'El banco me ha cobrado dos veces por la misma compra y no contesta mis cartas.';

test('the mix of languages is told by share, short texts left out', async () => {
  const mix = records([...Array.from({ length: 9 }, (_, i) => `${ENGLISH} ${i}`), `${SPANISH} 1`, 'short']);
  const column = '_text';
  const strict = await checkLanguage({ languages: ['en'], min: 0.95 }, { session, records: mix, column });
  assert.deepEqual(strict, {
    ...{ status: 'failed', observed: 0.9, expected: 'a share of at least 0.95 in en', sample: ['0009'] },
    detail: 'en 0.9, es 0.1',
  });
  const both = await checkLanguage({ languages: ['en', 'es'], min: 1 }, { session, records: mix, column });
  assert.equal(both.status, 'passed');
  const none = await checkLanguage(
    { languages: ['en'], min: 1 },
    { session, records: records(['x']), column },
  );
  assert.deepEqual([none.status, none.observed], ['passed', null]);
});

test('records with the text of another one are counted as a share', async () => {
  const from = { session, records: records(['a', 'b', 'a', 'a', 'c']), column: '_text' };
  const found = await checkDuplicates({ max: 0.1 }, from);
  assert.deepEqual(
    [found.status, found.observed, found.detail, found.sample],
    ['failed', 0.4, '2 of 5 records', ['0000']],
  );
  assert.equal((await checkDuplicates({ max: 0.4 }, from)).status, 'passed');
});

test('lengths are compared as distributions, of records and not of passages', async () => {
  const passages = (ends: readonly number[]) =>
    `(SELECT 'c' AS _chunk, i AS _id, unnest([e // 2, e]) AS _end FROM (VALUES ${ends.map((end, i) => `(${i}, ${end})`).join(', ')}) AS v(i, e))`;
  const before = passages([10, 20, 30, 40]);
  const compare = (now: string, max: number) => checkLengthChange({ max }, { session, now, before });
  assert.deepEqual((await compare(passages([40, 30, 20, 10]), 0)).observed, 0);
  assert.deepEqual((await compare(passages([10, 20, 300, 400]), 0.4)).observed, 0.5);
  assert.deepEqual(
    distance([
      [1, 0],
      [0, 1],
    ]),
    1,
  );
  assert.equal(distance([[1, 0]]), undefined);
});
