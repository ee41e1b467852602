import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { routeOf } from '../url/route.ts';
import {
  countFilters,
  EMPTY,
  type FacetValue,
  MODES,
  readSearch,
  type SearchState,
  searchAddress,
} from './search-state.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => one.isWellFormed());
const day = fc.constantFrom('2024-01-31', '2015-12-01');
const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const value: fc.Arbitrary<FacetValue> = fc.oneof(
  text,
  fc.constantFrom<FacetValue>('~', '~null', 'true', '', true, false, null, 0, -1.5, 12),
);
const fields = {
  ...{ query: fc.oneof(fc.constant(''), text), like: optional(text), mode: fc.constantFrom(...MODES) },
  chosen: fc.dictionary(fc.constantFrom('product', 'state', 'is_open'), fc.array(value, { minLength: 1 }), {
    noNullPrototype: true,
  }),
  ...{ from: optional(day), to: optional(day), filter: optional(text), sort: optional(text) },
  ...{ record: optional(text), passage: optional(text), explain: fc.boolean(), typos: fc.boolean() },
};
const states: fc.Arbitrary<SearchState> = fc.record(fields, { noNullPrototype: true });

test('a state comes back from its address', () => {
  fc.assert(
    fc.property(states, (state) => {
      const route = routeOf(searchAddress(state));
      assert.ok(route.page === 'search');
      assert.deepEqual(readSearch(route.query, route.record), state);
    }),
  );
});

test('what an address says wrongly is left out', () => {
  const wrong = new URLSearchParams('mode=magic&from=yesterday&f.product=~{"a":1}&f.product=~oops');
  assert.deepEqual(readSearch(wrong, undefined), EMPTY);
});

test('an empty state has a plain address', () => {
  assert.equal(searchAddress(EMPTY), '/search');
  assert.equal(searchAddress({ ...EMPTY, record: 'a/b' }), '/records/a%2Fb');
});

test('filters are counted by value', () => {
  assert.equal(countFilters(EMPTY), 0);
  assert.equal(countFilters({ ...EMPTY, chosen: { product: ['a', null] }, from: '2024-01-31' }), 3);
});
