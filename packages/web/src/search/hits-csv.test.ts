import assert from 'node:assert/strict';
import test from 'node:test';
import { hitsCsv } from './hits-csv.ts';

test('a line a hit, in the columns of the pipeline', () => {
  const hit = {
    ...{
      recordId: '7',
      passageId: 'p',
      score: 0.5,
      text: 'Late, again',
      highlights: [],
      at: '2024-01-31T00:00:00.000Z',
    },
    ...{ scores: { keyword: null, semantic: 0.25 }, attributes: { product: '=1+1', stars: 5 } },
  };
  const columns = {
    id: 'complaint_id',
    timestamp: null,
    attributes: [
      { name: 'stars', type: 'long' as const },
      { name: 'product', type: 'string' as const },
    ],
  };
  assert.equal(
    hitsCsv([hit], columns),
    'rank,complaint_id,score,keyword,semantic,at,stars,product,text\r\n1,7,0.5,,0.25,2024-01-31T00:00:00.000Z,5,\'=1+1,"Late, again"\r\n',
  );
});
