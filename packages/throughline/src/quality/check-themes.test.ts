import assert from 'node:assert/strict';
import test from 'node:test';
import { themeResults } from './check-themes.ts';

const from = (id: string, passages: number) => ({ id, passages, ofThis: 0, ofOther: 0 });

test('the share of passages that keep their theme is told, with the themes that are others', () => {
  const after = [
    { id: 't001', status: 'same' as const, shares: [from('t001', 60), from('t002', 10)] },
    { id: 't003', status: 'born' as const, shares: [from('t002', 30)] },
  ];
  const [result] = themeResults({ after });
  assert.deepEqual([result!.observed, result!.status, result!.sample], [0.6, 'passed', ['t003']]);
  const [changed] = themeResults({ after: after.slice(1) });
  assert.deepEqual([changed!.observed, changed!.status, changed!.severity], [0, 'failed', 'warn']);
});

test('nothing is told of a first fit, or of one that has nothing in common with the one before', () => {
  assert.deepEqual(themeResults(undefined), []);
  assert.deepEqual(themeResults({ after: [{ id: 't001', status: 'born', shares: [] }] }), []);
});
