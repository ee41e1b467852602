import assert from 'node:assert/strict';
import test from 'node:test';
import { decideFit, driftOf, type FitFacts } from './refit-policy.ts';

const DAY = 86_400_000;
const POLICY = { drift: 0.1, growth: 0.2, every: '30d' };
const facts = (change: Partial<FitFacts> = {}): FitFacts => ({
  ...{ growth: 0, since: { passages: 100, far: 5 }, age: DAY },
  ...change,
});
const reason = (change: Partial<FitFacts>, policy: Parameters<typeof decideFit>[1] = POLICY) =>
  decideFit(facts(change), policy).reason;

test('themes are kept until a limit is passed, and the limit that was passed is told', () => {
  assert.equal(reason({}), 'kept');
  assert.equal(reason({ since: { passages: 100, far: 15 } }), 'kept');
  assert.equal(reason({ since: { passages: 100, far: 16 } }), 'drift');
  assert.equal(reason({ growth: 0.2 }), 'kept');
  assert.equal(reason({ growth: 0.21 }), 'growth');
  assert.equal(reason({ age: 30 * DAY - 1 }), 'kept');
  assert.equal(reason({ age: 30 * DAY }), 'schedule');
  assert.equal(reason({ age: 1_000 * DAY }, { drift: 0.1, growth: 0.2 }), 'kept');
  assert.equal(reason({}, 'always'), 'always');
});

test('a handful of new passages says nothing about drift', () => {
  assert.equal(driftOf({ since: { passages: 49, far: 49 } }), undefined);
  assert.equal(reason({ since: { passages: 49, far: 49 } }), 'kept');
  assert.equal(driftOf({ since: { passages: 50, far: 0 } }), 0);
});

test('a file without statistics has infinitely many rows, and brings a fit', () => {
  assert.equal(reason({ growth: Number.POSITIVE_INFINITY }), 'growth');
});
