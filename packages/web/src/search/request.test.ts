import assert from 'node:assert/strict';
import test from 'node:test';
import { ROUTES } from 'throughline/api';
import { searchCall } from './request.ts';
import { EMPTY } from './search-state.ts';

const COLUMNS = {
  timestamp: 'created',
  attributes: [
    { name: 'product', type: 'string' },
    { name: 'price', type: 'double' },
  ],
} as const;
const columns = { ...COLUMNS, attributes: [...COLUMNS.attributes] };

test('nothing is asked for before there is a question', () => {
  assert.equal(searchCall(EMPTY, columns), undefined);
  assert.equal(searchCall({ ...EMPTY, query: '  ', explain: true }, columns), undefined);
});

test('a request holds what the state says, in the form that the server reads', () => {
  const state = { ...EMPTY, query: ' fees ', mode: 'keyword', sort: '-created', typos: true } as const;
  const call = searchCall({ ...state, chosen: { product: ['A'] }, explain: true }, columns);
  assert.ok(call?.operation === 'search');
  const body = ROUTES.search.body.parse(call.request.body);
  assert.deepEqual(body, {
    ...{ query: 'fees', mode: 'keyword', typos: true, explain: true, filter: 'product == "A"', limit: 20 },
    ...{ sort: { by: 'created', order: 'desc' } },
  });
});

test('a record to be like stands instead of a query', () => {
  const call = searchCall({ ...EMPTY, query: 'fees', like: '17' }, columns);
  assert.ok(call?.operation === 'similar');
  assert.deepEqual(ROUTES.similar.body.parse(call.request.body).records, ['17']);
});
