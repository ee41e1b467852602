import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchEvaluation } from '../evaluate-search.ts';
import { worthOf } from './worth.ts';

const made = Array.from({ length: 100 });

test('the mode that is ahead on the set is named, with an interval of how far', () => {
  const of = (mean: number, interval: [number, number], p: number) => {
    const difference = { of: 'semantic', to: 'keyword', measure: 'ndcg@10', mean, interval, p, pHolm: p };
    const evaluation = { differences: [difference] } as unknown as SearchEvaluation;
    return worthOf({ field: 'title', overlap: { words: 0.4, contained: 0 }, made }, evaluation).join('\n');
  };
  assert.match(of(-0.2, [-0.3, -0.1], 0.001), /keyword search is ahead by 0\.200 \(95 %: 0\.100 to 0\.300\)/);
  assert.match(of(0.2, [0.1, 0.3], 0.001), /semantic search is ahead by 0\.200 \(95 %: 0\.100 to 0\.300\)/);
  assert.match(of(-0.01, [-0.03, 0.01], 0.4), /differ by 0\.010 \(95 %: -0\.010 to 0\.030\).*may be chance/);
});

test('a set says where it favours keyword search, and when it is small', () => {
  const say = (field: string, words: number, contained: number, count = 100) =>
    worthOf({ field, overlap: { words, contained }, made: made.slice(0, count) }).join('\n');
  assert.match(say('first-sentence', 1, 0.98), /98 % .*word for word, as a first sentence has to/);
  assert.match(say('title', 0.9, 0.1), /90 % of a query's words.*favours keyword search/);
  const fair = say('title', 0.4, 0);
  assert.doesNotMatch(fair, /favours|word for word|few/);
  assert.match(fair, /known-item search/);
  assert.match(say('title', 0.4, 0, 20), /20 queries are few/);
});
