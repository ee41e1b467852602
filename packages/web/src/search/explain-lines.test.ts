import assert from 'node:assert/strict';
import test from 'node:test';
import { explainLines } from './explain-lines.ts';

test('what the server tells is said in lines', () => {
  const lines = explainLines({
    ...{ depth: 200, hits: 242, fusion: { by: 'rrf' }, timings: { embed: 9.5, rank: 0 } },
    keyword: { query: { plain: 'late fee' }, candidates: 200 },
    semantic: {
      plan: { search: 'exact', because: 'few match', matching: 12 },
      candidates: 12,
      feedback: ['7', '9'],
    },
  });
  assert.deepEqual(lines, [
    '242 hits on all pages, of at most 200 candidates on each side.',
    'Keyword: 200 candidates.',
    'Semantic: 12 candidates by exact search (few match, 12 passages meet the filter).',
    'The question was moved towards 7, 9, and asked again.',
    'Fused by the ranks of both sides.',
    'Milliseconds: embed 9.5, rank 0.',
  ]);
});

test('a server that tells something else is no fault', () => {
  for (const other of [undefined, null, 'text', 7, [], {}, { semantic: null, timings: 'none', keyword: [] }])
    assert.doesNotThrow(() => explainLines(other));
  assert.deepEqual(explainLines(undefined), []);
});
