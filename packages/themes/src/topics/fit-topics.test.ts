import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { random } from '../random.ts';
import { bestThreshold, logisticOf, quantilesOf } from './calibrate.ts';
import { fitTopics, REST, UNKNOWN } from './fit-topics.ts';
import { topicAgreement } from './topic-agreement.ts';
import { assignTopics, LEVELS, scoreOf } from './topic-rule.ts';
import { openTopicSearch } from './topic-similarities.ts';

const DIMENSION = 16;

/** Vectors around one axis each, or around none of the first three. */
function around(axes: readonly number[], noise: number, seed = 1): Float32Array {
  const next = random(seed);
  const vectors = new Float32Array(axes.length * DIMENSION);
  for (const [row, axis] of axes.entries()) {
    for (let d = 0; d < DIMENSION; d++) vectors[row * DIMENSION + d] = noise * (next() - 0.5);
    vectors[row * DIMENSION + axis]! += 1;
  }
  return vectors;
}

const NO_PHRASES = { vectors: new Float32Array(0), topic: [] };

async function assigned(fit: Awaited<ReturnType<typeof fitTopics>>, vectors: Float32Array) {
  await using search = await openTopicSearch(fit.prototypes, DIMENSION);
  return assignTopics(await search.find(vectors), fit.rules);
}

test('labelled texts set thresholds, what is in no topic stays out, and agreement is of held-out texts', async () => {
  const axes = Array.from({ length: 300 }, (_, i) => i % 5);
  const labels = Int32Array.from(axes, (axis) => (axis < 2 ? axis : REST));
  const vectors = around(axes, 0.8);
  const fit = await fitTopics({
    ...{ dimension: DIMENSION, parents: [-1, -1], phrases: NO_PHRASES },
    sample: { vectors, labels },
  });
  assert.ok(fit.overall!.f1! > 0.95, JSON.stringify(fit.overall));
  assert.equal(fit.agreement[0]!.labelled, 60);
  const { nearest, isIn, score } = await assigned(fit, around([0, 1, 2, 3, 4], 0.3, 9));
  assert.deepEqual([...isIn], [1, 1, 0, 0, 0]);
  assert.deepEqual([...nearest.slice(0, 2)], [0, 1]);
  assert.ok(
    score.slice(0, 2).every((one) => one > 0.8),
    String(score),
  );
});

test('labels that say nothing about the texts are not agreed with', async () => {
  const next = random(5);
  const axes = Array.from({ length: 300 }, () => 0);
  const labels = Int32Array.from(axes, () => (next() < 0.5 ? 0 : REST));
  const fit = await fitTopics({
    ...{ dimension: DIMENSION, parents: [-1], phrases: NO_PHRASES },
    sample: { vectors: around(axes, 2), labels },
  });
  const { precision } = fit.overall!;
  assert.ok(precision !== null && Math.abs(precision - 0.5) < 0.15, String(precision));
});

test('with phrases alone a text is nearer than 95 % of the sample, and nothing is measured', async () => {
  const axes = Array.from({ length: 1_000 }, (_, i) => (i % 50 === 0 ? 0 : 1 + (i % 9)));
  const labels = new Int32Array(axes.length).fill(UNKNOWN);
  const sample = { vectors: around(axes, 0.8), labels };
  const phrases = { vectors: around([0], 0.1, 3), topic: [0] };
  const fit = await fitTopics({ dimension: DIMENSION, parents: [-1], phrases, sample });
  assert.deepEqual([fit.overall, fit.agreement], [null, [null]]);
  const { isIn, score } = await assigned(fit, sample.vectors);
  const members = [...isIn.keys()].filter((item) => isIn[item]);
  assert.equal(members.length, 50);
  assert.ok(axes.every((axis, item) => axis !== 0 || isIn[item]));
  assert.ok(members.every((item) => score[item]! >= 0.95 - 1e-6));
  const strict = await fitTopics({
    ...{ dimension: DIMENSION, parents: [-1], phrases, sample, thresholds: [0.5] },
  });
  const { isIn: few } = await assigned(strict, sample.vectors);
  assert.ok(few.reduce((sum, one) => sum + one, 0) < 50);
});

test('one at a time is as all at once, and the same request gives the same fit', async () => {
  const axes = Array.from({ length: 60 }, (_, i) => i % 4);
  const request = {
    ...{ dimension: DIMENSION, parents: [-1, 0], phrases: { vectors: around([1], 0.2, 3), topic: [1] } },
    sample: { vectors: around(axes, 1), labels: Int32Array.from(axes, (axis) => (axis === 0 ? 0 : REST)) },
  };
  const fit = await fitTopics(request);
  assert.deepEqual(await fitTopics(request), fit);
  const all = await assigned(fit, request.sample.vectors);
  for (let item = 0; item < axes.length; item++) {
    const one = await assigned(fit, request.sample.vectors.slice(item * DIMENSION, (item + 1) * DIMENSION));
    assert.deepEqual(
      [one.nearest[0], one.isIn[0], one.score[0]],
      [all.nearest[item], all.isIn[item], all.score[item]],
    );
  }
});

test('agreement counts nested topics for those above them', () => {
  // 0 has 1 below it; 2 stands alone; 3 has phrases only.
  const parents = [-1, 0, -1, -1];
  const { topics, overall } = topicAgreement([0, 1, 0, 2, -1, 3, 2], [0, 0, 1, 2, 2, 2, -1], parents, [
    true,
    true,
    true,
    false,
  ]);
  assert.deepEqual(topics[0], { labelled: 3, precision: 1, recall: 1, f1: 1 });
  assert.deepEqual(topics[1], { labelled: 1, precision: 0, recall: 0, f1: 0 });
  assert.deepEqual(topics[2], { labelled: 3, precision: 0.5, recall: 1 / 3, f1: 0.4 });
  assert.equal(topics[3], null);
  assert.deepEqual(overall, { labelled: 6, precision: 3 / 5, recall: 3 / 6, f1: 6 / 11 });
});

const cosines = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });

test('no other threshold has a higher F1', () => {
  fc.assert(
    fc.property(cosines, fc.infiniteStream(fc.boolean()), fc.nat(5), (values, flags, missed) => {
      const isLabelled = values.map(() => flags.next().value as boolean);
      const labelled = isLabelled.filter(Boolean).length + missed;
      const f1 = (threshold: number) => {
        const given = values.filter((value) => value >= threshold).length;
        const right = values.filter((value, i) => value >= threshold && isLabelled[i]).length;
        return given + labelled === 0 ? 0 : (2 * right) / (given + labelled);
      };
      const found = bestThreshold(values, isLabelled, labelled);
      const best = Math.max(...values.map(f1));
      assert.ok(Math.abs((found === undefined ? 0 : f1(found)) - best) < 1e-9);
    }),
  );
});

test('between two cosines that are neighbours the threshold is the upper one', () => {
  const upper = 0.9999999999999988;
  assert.equal(bestThreshold([upper, 0.9999999999999987], [true, false], 1), upper);
});

test('scores rise with the cosine and stay in [0, 1]', () => {
  fc.assert(
    fc.property(cosines, fc.array(fc.double({ min: -1, max: 1, noNaN: true })), (values, asked) => {
      const rule = { isLearnt: false, threshold: 0, quantiles: quantilesOf(values) };
      const scores = asked.toSorted((a, b) => a - b).map((cosine) => scoreOf(rule, cosine));
      assert.ok(scores.every((score, i) => score >= 0 && score <= 1 && (i === 0 || score >= scores[i - 1]!)));
    }),
  );
  assert.equal(quantilesOf([0, 1])[LEVELS.indexOf(0.5)], 0.5);
});

test('a logistic score is the share of labels where it was learnt', () => {
  const values = Array.from({ length: 2_000 }, (_, i) => (i % 100) / 100);
  const next = random(3);
  const isLabelled = values.map((value) => next() < value);
  const logistic = logisticOf(values, isLabelled);
  const rule = { isLearnt: true, threshold: 0, quantiles: [], logistic };
  assert.ok(Math.abs(scoreOf(rule, 0.5) - 0.5) < 0.06);
  assert.ok(scoreOf(rule, 0.95) > 0.85 && scoreOf(rule, 0.05) < 0.15);
});
