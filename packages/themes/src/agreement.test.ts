import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { agreement } from './agreement.ts';

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

test('the names of labels and the order of the two do not matter', () => {
  const a = ['x', 'x', 'y', 'z'];
  const b = [1, 2, 2, 2];
  assert.deepEqual(agreement(a, b), agreement(['q', 'q', 'x', 'y'], b));
  assert.ok(Math.abs(agreement(a, b).ami - agreement(b, a).ami) < 1e-12);
});

test('labellings of different lengths are refused', () => {
  assert.throws(() => agreement([1], [1, 2]), RangeError);
});
