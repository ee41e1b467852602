import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedOf, MARKS } from './asked.ts';
import { DEFAULTS } from './options.ts';

const GOOD = { model: DEFAULTS.model, input: ['a'] };
const ask = (body: unknown) =>
  askedOf(typeof body === 'string' ? body : JSON.stringify(body), { ...DEFAULTS, mostTexts: 3 });

test('one text or several, floats unless base64 is asked for', () => {
  const asked = { texts: ['a'], model: DEFAULTS.model, dimension: 64, encoding: 'float' };
  assert.deepEqual(ask(GOOD), asked);
  assert.deepEqual(ask({ ...GOOD, input: 'a' }), asked);
  assert.deepEqual(ask({ ...GOOD, dimensions: 8, encoding_format: 'base64' }), {
    ...asked,
    dimension: 8,
    encoding: 'base64',
  });
});

test('what is wrong with the request, by status', () => {
  const cases: [unknown, number][] = [
    ['{', 400],
    ['null', 400],
    [{ ...GOOD, input: [] }, 400],
    [{ ...GOOD, input: [1] }, 400],
    [{ ...GOOD, input: ['a', ''] }, 400],
    [{ ...GOOD, dimensions: 65 }, 400],
    [{ ...GOOD, encoding_format: 'hex' }, 400],
    [{ ...GOOD, model: 'unknown' }, 404],
    [{ ...GOOD, input: ['a', 'b', 'c', 'd'] }, 413],
    [{ ...GOOD, input: ['a', `b ${MARKS.refused}`] }, 400],
    [{ ...GOOD, input: ['a', `b ${MARKS.crash}`] }, 500],
  ];
  for (const [body, status] of cases) assert.partialDeepStrictEqual(ask(body), { status });
});
