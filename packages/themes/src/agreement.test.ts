import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { agreement, agreementOfCounts } from './agreement.ts';

interface Case {
  a: number[];
  b: number[];
  ami: number;
  nmi: number;
  ari: number;
}

// Figures of scikit-learn, made by fixtures/agreement.py.
const cases = JSON.parse(
  readFileSync(new URL('../fixtures/agreement.json', import.meta.url), 'utf8'),
) as Case[];

test('the figures are those of scikit-learn', () => {
  assert.ok(cases.length > 5);
  for (const { a, b, ...expected } of cases) {
    const found = agreement(a, b);
    for (const name of ['ami', 'nmi', 'ari'] as const) {
      assert.ok(
        Math.abs(found[name] - expected[name]) < 1e-9,
        `${name} ${found[name]} for ${expected[name]}`,
      );
    }
  }
});

test('homogeneity and completeness: their harmonic mean is NMI, and each is 1 where the other labelling is finer', () => {
  for (const { a, b } of cases) {
    const { homogeneity, completeness, nmi } = agreement(a, b);
    const sum = homogeneity + completeness;
    if (sum > 0 && nmi < 1) assert.ok(Math.abs((2 * homogeneity * completeness) / sum - nmi) < 1e-9);
  }
  const finer = agreement(['a', 'a', 'b', 'b'], [0, 1, 2, 3]);
  assert.deepEqual([finer.homogeneity, finer.completeness], [1, 0.5]);
});

test('the names of labels and the order of the two do not matter', () => {
  const a = ['x', 'x', 'y', 'z'];
  const b = [1, 2, 2, 2];
  assert.deepEqual(agreement(a, b), agreement(['q', 'q', 'x', 'y'], b));
  assert.ok(Math.abs(agreement(a, b).ami - agreement(b, a).ami) < 1e-12);
});

test('the examples of the documentation of scikit-learn', () => {
  assert.equal(agreement([0, 0, 1, 1], [0, 0, 1, 1]).ami, 1);
  assert.equal(agreement([0, 0, 1, 1], [1, 1, 0, 0]).ami, 1);
  assert.equal(agreement([0, 0, 0, 0], [0, 1, 2, 3]).ami, 0);
  const { ami } = agreement([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2]);
  assert.ok(Math.abs(ami - 0.29879245817089) < 1e-12, `${ami}`);
});

const labels = fc.array(fc.tuple(fc.nat(4), fc.nat(6)), { minLength: 2, maxLength: 200 });

test('agreement is symmetric, and 1 for the same groups under other names', () => {
  fc.assert(
    fc.property(labels, (pairs) => {
      const [a, b] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
      assert.ok(Math.abs(agreement(a, b).ami - agreement(b, a).ami) < 1e-9);
      const renamed = a.map((one) => `group ${(one * 3 + 1) % 5}`);
      assert.ok(Math.abs(agreement(a, renamed).ami - 1) < 1e-9);
      assert.ok(agreement(a, b).ami <= 1 + 1e-9);
    }),
  );
});

test('labels that have nothing to do with each other agree by about 0', () => {
  const random = fc.array(fc.tuple(fc.nat(7), fc.nat(4)), {
    minLength: 3_000,
    maxLength: 3_000,
    size: 'max',
  });
  for (const pairs of fc.sample(random, { numRuns: 5, seed: 1 })) {
    const { ami } = agreement(
      pairs.map(([one]) => one),
      pairs.map(([, other]) => other),
    );
    assert.ok(Math.abs(ami) < 0.02, `${ami}`);
  }
});

test('counted labels agree as the labels themselves, millions of them too', () => {
  fc.assert(
    fc.property(labels, (pairs) => {
      const [a, b] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
      const counts = Map.groupBy(pairs, ([one, other]) => `${one} ${other}`);
      const cells = [...counts.values()].map((same) => ({
        a: same[0]![0],
        b: same[0]![1],
        count: same.length,
      }));
      assert.ok(Math.abs(agreementOfCounts(cells).ami - agreement(a, b).ami) < 1e-9);
    }),
  );
  const independent = [0, 1, 2, 3].flatMap((a) => [0, 1, 2].map((b) => ({ a, b, count: 5_000_000 })));
  assert.ok(Math.abs(agreementOfCounts(independent).ami) < 1e-6);
  const same = [0, 1, 2, 3].map((label) => ({ a: label, b: label, count: 5_000_000 }));
  assert.equal(agreementOfCounts(same).ami, 1);
});

test('labellings of different lengths are refused', () => {
  assert.throws(() => agreement([1], [1, 2]), RangeError);
});
