import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FilterError } from './errors.ts';
import { columnsOf, type FilterColumns } from './filter.ts';
import { parseFilter } from './parse.ts';

const COLUMNS: FilterColumns = {
  category: 'string',
  company: 'string',
  amount: 'double',
  count: 'long',
  urgent: 'boolean',
  created_date: 'timestamp',
};

const parse = (text: string) => parseFilter(text, COLUMNS);

function error(text: string): FilterError {
  try {
    parse(text);
  } catch (thrown) {
    assert.ok(thrown instanceof FilterError, String(thrown));
    return thrown;
  }
  return assert.fail(`${text} was accepted`);
}

test('the example of the documentation is read into a typed tree', () => {
  assert.deepEqual(parse('category == "billing" && created_date >= timestamp("2024-01-01T00:00:00Z")'), {
    op: 'and',
    of: [
      {
        op: 'compare',
        is: '==',
        left: { kind: 'column', name: 'category', type: 'string' },
        right: { kind: 'literal', type: 'string', value: 'billing' },
      },
      {
        op: 'compare',
        is: '>=',
        left: { kind: 'column', name: 'created_date', type: 'timestamp' },
        right: { kind: 'literal', type: 'timestamp', value: '1704067200000000' },
      },
    ],
  });
});

test('a literal may stand on the left; the comparison is turned round', () => {
  assert.deepEqual(parse('3 < count'), parse('count > 3'));
  assert.deepEqual(parse('"x" == category'), parse('category == "x"'));
});

test('a boolean column is a condition of its own', () => {
  assert.deepEqual(parse('urgent'), parse('urgent == true'));
});

test('null tests and has() are the same question', () => {
  assert.deepEqual(parse('category != null'), parse('has(category)'));
  assert.deepEqual(parse('null == category'), parse('!has(category)'));
});

test('whole numbers compare with a double, and doubles with a column of longs, without changing a result', () => {
  assert.deepEqual(parse('amount > 1'), parse('amount > 1.0'));
  assert.deepEqual(parse('count == 2.0'), parse('count == 2'));
  assert.deepEqual(parse('count > 1.5'), parse('count >= 2'));
  assert.deepEqual(parse('count <= -1.5'), parse('count <= -2'));
  assert.deepEqual(parse('count == 1.5'), parse('false'));
  assert.deepEqual(parse('count != 1.5'), parse('true'));
  assert.deepEqual(parse('count < 1e300'), parse('count >= -9223372036854775808'));
  assert.deepEqual(parse('count > 1e300'), parse('false'));
  assert.deepEqual(parse('count in [1.5, 2.0]'), parse('count in [2]'));
});

test('a filter survives JSON', () => {
  const filter = parse(
    'count > 9007199254740993 && created_date < timestamp("2024-02-29T12:00:00.000001+02:00")',
  );
  assert.deepEqual(JSON.parse(JSON.stringify(filter)), filter);
});

test('the columns of a filter are listed once each', () => {
  assert.deepEqual(columnsOf(parse('count > 1 && (category == company || !(count < 9))')), [
    'count',
    'category',
    'company',
  ]);
});

test('an unknown column is named, with the nearest known one and the list', () => {
  const { code, message, hint, position } = error('amount > 1.0 &&\n  categry == "x"');
  assert.equal(code, 'filter_unknown_column');
  assert.match(message, /unknown column categry/);
  assert.equal(hint, `Did you mean category? Known columns: ${Object.keys(COLUMNS).join(', ')}.`);
  assert.deepEqual(position, { line: 2, column: 3 });
});

test('a name that every object has is not a column', () => {
  assert.equal(error('constructor == "x"').code, 'filter_unknown_column');
  assert.equal(error('category.length == 1').code, 'filter_unknown_column');
});

test('types that do not meet are both named', () => {
  assert.match(error('amount == "12"').message, /column 11: amount is a double, compared with a string/);
  assert.match(error('category == 12').message, /category is a string, compared with a long/);
  assert.match(error('category == amount').message, /category is a string, compared with amount, a double/);
  assert.match(error('count in [1, "2"]').message, /count is a long, compared with a string/);
  assert.match(error('category').message, /category is a string, used as a condition/);
  assert.match(error('urgent > false').message, /urgent is a boolean, compared with >/);
  assert.match(error('amount.startsWith("1")').message, /amount is a double; startsWith tests a string/);
  assert.match(error('size(amount) > 1').message, /amount is a double; size\(\)/);
  assert.match(error('amount == 9007199254740993').message, /not exactly a double/);
});

test('a plain string for a timestamp is told to be wrapped', () => {
  const { code, hint } = error('created_date >= "2024-01-01"');
  assert.equal(code, 'filter_type');
  assert.match(hint!, /created_date >= timestamp\("2024-01-01T00:00:00Z"\)/);
});

test('a timestamp that is not one is refused', () => {
  for (const text of ['2024-01-01', '2023-02-29T00:00:00Z', '2024-01-01T24:00:00Z', '2024-01-01T00:00:00']) {
    assert.match(error(`created_date > timestamp("${text}")`).message, /not in RFC 3339/);
  }
});

test('slips of those who come from SQL are explained', () => {
  assert.match(error('category = "x"').hint!, /Write ==/);
  assert.match(error('urgent and urgent').hint!, /&&/);
  assert.match(error('').message, /empty/);
  assert.deepEqual(error('urgent &&\n category = "x"').position, { line: 2, column: 11 });
});

test('parts of CEL without a meaning in every engine are refused by name', () => {
  for (const [text, what] of [
    ['category.matches("a.*")', 'matches()'],
    ['count + 1 == 2', 'arithmetic'],
    ['urgent ? urgent : !urgent', 'a ?: choice'],
    ['["a"].exists(x, x == category)', 'a macro such as exists()'],
    ['duration("1h") == count', 'duration()'],
    ['1 == 1', 'neither side'],
    ['category == b"x"', 'a literal'],
    ['-count < 1', 'arithmetic'],
  ] as const) {
    const { code, message } = error(text);
    assert.equal(code, 'filter_unsupported', text);
    assert.ok(message.includes(what), message);
  }
});

test('hostile sizes end in a FilterError, not in a full stack', () => {
  assert.equal(error(`${'('.repeat(5000)}urgent${')'.repeat(5000)}`).code, 'filter_too_large');
  assert.equal(error(`category == "${'x'.repeat(100_000)}"`).code, 'filter_too_large');
});
