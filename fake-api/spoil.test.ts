import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, type Asked, answerTo } from './answer.ts';
import { FAULTS, isAccident, isRefusal, type Spoiled } from './faults.ts';
import { spoil } from './spoil.ts';

const ASKED: Asked = { texts: ['a', 'b', 'c'], model: 'm', dimension: 4, encoding: 'float' };
const RIGHT = answerTo(ASKED);
const EARLIER = answerTo({ ...ASKED, texts: ['x', 'y', 'z'] });
const spoiled = (fault: Spoiled, asked = ASKED) => spoil(fault, asked, answerTo(asked), EARLIER);
const answer = (fault: Spoiled) => JSON.parse(spoiled(fault).body) as Answer;
const indexes = (fault: Spoiled) => answer(fault).data.map(({ index }) => index);
const middle = (fault: Spoiled) => answer(fault).data[1]!.embedding as (number | null)[];

test('every fault of the answer changes it', () => {
  for (const fault of FAULTS)
    if (!isRefusal(fault) && !isAccident(fault))
      assert.notEqual(spoiled(fault).body, JSON.stringify(RIGHT), fault);
});

test('counts and indexes', () => {
  assert.deepEqual(indexes('one-too-few'), [0, 1]);
  assert.deepEqual(indexes('one-too-many'), [0, 1, 2, 3]);
  assert.deepEqual(indexes('index-twice'), [1, 1, 2]);
  assert.deepEqual(indexes('index-missing'), [3, 1, 2]);
  assert.deepEqual(indexes('shuffled'), [2, 1, 0]);
});

test('a shuffled answer is right', () => {
  assert.deepEqual(answer('shuffled').data.toReversed(), RIGHT.data);
  assert.equal(spoiled('shuffled').spoiled, 0);
});

test('numbers of one text, which alone is spoiled', () => {
  assert.ok(middle('zeros').every((value) => value === 0));
  assert.equal(middle('null')[1], null);
  assert.ok(Math.hypot(...(middle('huge') as number[])) > 1e8);
  assert.deepEqual(answer('zeros').data[0], RIGHT.data[0]);
  assert.equal(spoiled('zeros').spoiled, 1);
});

test('NaN is written as Python writes it, or in base64', () => {
  const inFloats = spoiled('nan');
  assert.throws(() => JSON.parse(inFloats.body), SyntaxError);
  assert.equal(inFloats.spoiled, 3);
  const inBase64 = spoiled('nan', { ...ASKED, encoding: 'base64' });
  const bytes = Buffer.from((JSON.parse(inBase64.body) as Answer).data[1]!.embedding as string, 'base64');
  assert.ok(Number.isNaN(bytes.readFloatLE(4)));
  assert.equal(inBase64.spoiled, 1);
});

test('dimension, model, another answer, the same for all', () => {
  assert.ok(answer('wrong-dimension').data.every(({ embedding }) => embedding.length === 5));
  assert.equal(answer('wrong-model').model, 'another-model');
  assert.deepEqual(answer('earlier-answer').data, EARLIER.data);
  assert.ok(
    answer('same-vector').data.every(({ embedding }) => `${embedding}` === `${RIGHT.data[0]!.embedding}`),
  );
});

test('where nothing was answered before, the answer is right', () => {
  assert.deepEqual(spoil('earlier-answer', ASKED, RIGHT, undefined), {
    body: JSON.stringify(RIGHT),
    spoiled: 0,
  });
});
