import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSearch, checkSimilar } from './request.ts';

test('a right request comes through as it is', () => {
  const request = {
    query: 'late fees',
    mode: 'keyword',
    limit: 1_000,
    filter: undefined,
    sort: { by: 'x', order: 'asc' },
  };
  assert.deepEqual(checkSearch(request), request);
});

test('a wrong one is refused with exit code 64, and its field named', () => {
  const refused = (change: Record<string, unknown>, message: RegExp) =>
    assert.throws(() => checkSearch({ query: 'x', ...change }), { exitCode: 64, code: 'usage', message });
  refused({ query: ' \n' }, /empty/);
  refused({ query: undefined }, /query/);
  refused({ mode: 'psychic' }, /mode: it is one of hybrid, semantic, keyword/);
  refused({ limit: 0 }, /limit: it is a whole number from 1 to 1000/);
  refused({ limit: 1.5 }, /limit/);
  refused({ limit: '10' }, /limit/);
  refused({ limit: 100_000 }, /limit/);
  refused({ diversity: 2 }, /diversity/);
  refused({ minScore: Number.NaN }, /minScore/);
  refused({ sort: { by: 'x', order: 'up' } }, /sort.order/);
  refused({ group: 'chunk' }, /group/);
  refused({ nonsense: 1 }, /nonsense/);
  refused({ diversity: 0.5, sort: { by: 'x', order: 'asc' } }, /sort and diversity/);
  refused({ group: 'passage', passages: 2 }, /one passage each/);
  assert.throws(() => checkSimilar({ records: [] }), { exitCode: 64 });
});
