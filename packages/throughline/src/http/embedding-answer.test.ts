import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEmbeddingAnswer } from './embedding-answer.ts';
import { InvalidResponseError } from './errors.ts';

const EXPECTED = { count: 2, dimension: 3, model: 'small' };
const A = [1, 0, 0.5];
const B = [0, -1, 0.25];
const item = (index: unknown, embedding: unknown) => ({ index, embedding });
const GOOD = { model: 'small', data: [item(0, A), item(1, B)], usage: { prompt_tokens: 5, total_tokens: 5 } };

const read = (answer: unknown, expected = EXPECTED) =>
  readEmbeddingAnswer(
    {
      status: 200,
      headers: {},
      body: Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)),
    },
    expected,
  );

function refuses(answer: unknown, message: RegExp, about = 'request') {
  assert.throws(
    () => read(answer),
    (error) => {
      assert.ok(error instanceof InvalidResponseError, String(error));
      assert.match(error.message, message);
      assert.equal(error.about, about);
      return true;
    },
  );
}

const base64 = (numbers: readonly number[]) =>
  Buffer.from(Float32Array.from(numbers).buffer).toString('base64');

test('floats and base64 are read alike, with the tokens', () => {
  const inBase64 = { ...GOOD, data: [item(0, base64(A)), item(1, base64(B))] };
  for (const answer of [GOOD, inBase64]) {
    const { vectors, bad, tokens } = read(answer);
    assert.deepEqual([...vectors], [...A, ...B]);
    assert.equal(bad.size, 0);
    assert.equal(tokens, 5);
  }
});

test('in whatever order they come, each vector is of its index', () => {
  const orders = fc.shuffledSubarray([...Array(20).keys()], { minLength: 20 });
  fc.assert(
    fc.property(orders, (order) => {
      const data = order.map((index) => item(index, [index + 1]));
      const { vectors } = read({ data }, { count: 20, dimension: 1, model: 'small' });
      assert.deepEqual(
        [...vectors],
        [...Array(20).keys()].map((index) => index + 1),
      );
    }),
  );
});

test('what is not a whole JSON answer is refused', () => {
  refuses('', /not JSON/);
  refuses('<html>', /not JSON/);
  refuses(JSON.stringify(GOOD).slice(0, -5), /not JSON/);
  refuses(JSON.stringify(GOOD).repeat(2), /not JSON/);
  refuses(JSON.stringify(GOOD).replace('0.5', 'NaN'), /not JSON/);
  refuses([GOOD], /not an object/);
  refuses({ error: 'busy' }, /no list/);
  refuses({ data: [item(0, A), null] }, /not an object/);
  refuses({ data: [item(0, A), item(1, undefined)] }, /no list/);
});

test('too few, too many, an index twice, a strange index are refused', () => {
  refuses({ data: [] }, /0 vectors came for 2/);
  refuses({ data: [item(0, A)] }, /1 vectors came for 2/);
  refuses({ data: [item(0, A), item(1, B), item(2, B)] }, /3 vectors came for 2/);
  refuses({ data: [item(0, A), item(0, B)] }, /index 0 comes twice/);
  for (const index of [2, -1, 0.5, '1', null, undefined])
    refuses({ data: [item(0, A), item(index, B)] }, /there is an index/);
});

test('a wrong dimension of all is of the endpoint, of one it is of the request', () => {
  refuses({ data: [item(0, [1, 2]), item(1, [1, 2])] }, /2 numbers instead of 3/, 'endpoint');
  refuses({ data: [item(0, A), item(1, [1, 2, 3, 4])] }, /4 numbers instead of 3/);
  refuses({ data: [item(0, A), item(1, [])] }, /0 numbers instead of 3/);
  refuses({ data: [item(0, A), item(1, base64(B).slice(0, 6))] }, /cut off|instead of 3/);
});

test('the model that was asked for answers, its version may be told', () => {
  for (const model of [
    'small',
    'SMALL',
    'small-v2',
    'small-2024-05-01',
    'small:latest',
    'small@7',
    undefined,
    null,
  ])
    read({ ...GOOD, model });
  for (const model of ['large', 'small-large', 'smaller', 'smal', '', 7])
    refuses({ ...GOOD, model }, /answered for "small"/, 'endpoint');
});

test('a vector that cannot be used is told by its position, and the others are kept', () => {
  const bad = { 'not finite': [1, null, 0], 'all zeros': [0, 0, 0], 'the length': [1e9, 0, 0] };
  for (const [reason, embedding] of Object.entries(bad)) {
    const answer = read({ ...GOOD, data: [item(1, embedding), item(0, A)] });
    assert.deepEqual([...answer.bad.keys()], [1]);
    assert.match(answer.bad.get(1)!, new RegExp(reason));
    assert.deepEqual([...answer.vectors.subarray(0, 3)], A);
  }
  for (const embedding of [[1e-6, 0, 0], ['1', 0, 0], [1, 1e300, 0], base64([1, Number.NaN, 0])])
    assert.equal(read({ ...GOOD, data: [item(0, A), item(1, embedding)] }).bad.size, 1);
});

test('an answer without any usable vector is refused', () => {
  refuses({ data: [item(0, [0, 0, 0]), item(1, [null, 1, 1])] }, /the vector is all zeros/);
});

test('tokens are what the server counted, if it did', () => {
  const tokens = (usage: unknown) => read({ ...GOOD, usage }).tokens;
  assert.equal(tokens({ prompt_tokens: 3 }), 3);
  for (const usage of [undefined, null, {}, { total_tokens: 0 }, { total_tokens: -1 }, { total_tokens: '5' }])
    assert.equal(tokens(usage), undefined);
});

test('whatever comes, it is an answer or an InvalidResponseError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      try {
        read(body);
      } catch (error) {
        assert.ok(error instanceof InvalidResponseError, String(error));
      }
    }),
  );
});
