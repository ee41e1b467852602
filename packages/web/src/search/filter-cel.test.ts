import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseFilter } from '../../../throughline/src/filter/index.ts';
import { type Columns, filterOf } from './filter-cel.ts';
import { EMPTY, type SearchState } from './search-state.ts';

const COLUMNS: Columns = {
  timestamp: 'created',
  attributes: [
    { name: 'product', type: 'string' },
    { name: 'stars', type: 'long' },
    { name: 'price', type: 'double' },
    { name: 'is_open', type: 'boolean' },
    { name: 'closed', type: 'timestamp' },
  ],
};
const TYPES = {
  created: 'timestamp',
  ...Object.fromEntries(COLUMNS.attributes.map(({ name, type }) => [name, type])),
} as const;

const of = (state: Partial<SearchState>) => filterOf({ ...EMPTY, ...state }, COLUMNS);

test('what is chosen becomes CEL', () => {
  assert.equal(of({}), undefined);
  assert.equal(of({ chosen: { product: ['Mortgage'] } }), 'product == "Mortgage"');
  assert.equal(of({ chosen: { product: ['A', 'B'] } }), 'product in ["A", "B"]');
  assert.equal(of({ chosen: { product: ['A', null] } }), '(product == "A" || !has(product))');
  assert.equal(of({ chosen: { stars: [5], price: [2] } }), 'stars == 5 && price == 2.0');
  assert.equal(
    of({ from: '2024-01-01', to: '2024-02-29' }),
    'created >= timestamp("2024-01-01T00:00:00Z") && created < timestamp("2024-03-01T00:00:00Z")',
  );
});

test('a filter of the user stands in brackets of its own, also behind a comment', () => {
  const filter = of({ chosen: { product: ['A'] }, filter: 'stars > 3 || is_open // good ones' });
  assert.equal(filter, 'product == "A" && (stars > 3 || is_open // good ones\n)');
  assert.doesNotThrow(() => parseFilter(filter, TYPES));
});

test('an attribute that is not there is left out', () => {
  assert.equal(of({ chosen: { 'x) || (true': ['A'] } }), undefined);
});

test('whatever the values are, the server reads the filter as one comparison of each attribute', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', '\\', '" || true || "', '\n', '\u2028'),
  );
  fc.assert(
    fc.property(fc.uniqueArray(value, { minLength: 2, maxLength: 4 }), (values) => {
      const { expr } = { expr: parseFilter(of({ chosen: { product: values } })!, TYPES) };
      const found = JSON.stringify(expr, (_, part) => (typeof part === 'bigint' ? String(part) : part));
      for (const one of values) assert.ok(found.includes(JSON.stringify(one.toWellFormed())), found);
    }),
  );
});

test('every type that a column may have is read by the server', () => {
  const chosen = {
    stars: [1, '9007199254740993'],
    price: [0.1, 1e21],
    is_open: [true, null],
    closed: ['2024-12'],
  };
  assert.doesNotThrow(() => parseFilter(of({ chosen })!, TYPES));
});
