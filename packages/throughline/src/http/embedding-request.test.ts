import assert from 'node:assert/strict';
import { test } from 'node:test';
import { embeddingReply, embeddingRequest } from './embedding-request.ts';
import { InvalidResponseError } from './errors.ts';
import { openSeenVectors } from './seen-vectors.ts';

const SPEC = { url: 'http://api.test/v1/embeddings', model: 'small', dimension: 2 };
const bodyOf = (spec: object, texts = ['a', 'b']) =>
  JSON.parse(embeddingRequest({ ...SPEC, ...spec }, texts).body!);

function respond(vectors: readonly (readonly (number | null)[])[], more: object = {}) {
  const data = vectors.map((embedding, index) => ({ index, embedding }));
  return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ data, ...more })) };
}

test('a request names model, texts and encoding, and the dimension only where it is to be shortened', () => {
  assert.deepEqual(bodyOf({}), { model: 'small', input: ['a', 'b'], encoding_format: 'base64' });
  assert.equal(bodyOf({ encoding: 'float' }).encoding_format, 'float');
  assert.equal(bodyOf({ shorten: true }).dimensions, 2);
});

test('the key is in the header that was given', () => {
  const { headers } = embeddingRequest({ ...SPEC, headers: { 'api-key': 'k' } }, ['a']);
  assert.deepEqual(headers, {
    'api-key': 'k',
    'content-type': 'application/json',
    accept: 'application/json',
  });
});

test('tokens are estimated, or counted by who knows the model', () => {
  assert.equal(embeddingRequest(SPEC, ['12345678', '1']).tokens, 3);
  assert.equal(embeddingRequest({ ...SPEC, countTokens: () => 10 }, ['a', 'b']).tokens, 20);
});

test('what came is by position, the tokens are the count of the server or else the estimate', () => {
  const usage = { total_tokens: 9 };
  const { value, tokens } = embeddingReply(
    SPEC,
    ['a', 'b'],
    respond(
      [
        [1, 0],
        [null, 0],
      ],
      { usage },
    ),
    openSeenVectors(),
  );
  assert.deepEqual([...value.good], [[0, Float32Array.of(1, 0)]]);
  assert.deepEqual(value.bad, [1]);
  assert.equal(tokens, 9);
  assert.equal(embeddingReply(SPEC, ['a'], respond([[1, 0]]), openSeenVectors()).tokens, 1);
});

test('a deployment may answer by the name of its model', () => {
  const response = respond([[1, 0]], { model: 'text-embedding-3' });
  assert.throws(() => embeddingReply(SPEC, ['a'], response, openSeenVectors()), InvalidResponseError);
  embeddingReply({ ...SPEC, answersAs: 'text-embedding-3' }, ['a'], response, openSeenVectors());
});

test('the answer to an earlier request is refused', () => {
  const seen = openSeenVectors();
  const response = respond([
    [1, 0],
    [0, 1],
  ]);
  embeddingReply(SPEC, ['a', 'b'], response, seen);
  assert.throws(() => embeddingReply(SPEC, ['c', 'd'], response, seen), /asked for before/);
});
