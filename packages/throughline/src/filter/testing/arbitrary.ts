/** Random filters and rows for tests: values from a small pool, so that they meet. */
import fc from 'fast-check';
import type { FilterRow } from '../evaluate.ts';
import type { Column, Filter, FilterColumns, FilterType, Literal, Operand } from '../filter.ts';

export const COLUMNS = {
  name: 'string',
  other: 'string',
  count: 'long',
  total: 'long',
  amount: 'double',
  price: 'double',
  urgent: 'boolean',
  closed: 'boolean',
  created: 'timestamp',
  updated: 'timestamp',
} as const satisfies FilterColumns;

type Name = keyof typeof COLUMNS;

const PIECES = [
  ...[
    'a',
    'A',
    'b',
    'é',
    'e\u0301',
    '😀',
    '\uffff',
    '\u{10ffff}',
    '\ud7ff',
    '\ue000',
    'ß',
    'İ',
    ' ',
    '\u2028',
  ],
  ...["'", '"', '\\', '%', '_', '\0', '\n', '\t', '--', ';', '/*', ') or (', '$1', '{}'],
  ...['`', `\${x}`, '$', '{x}', ':name', '?', 'u0041', '\r'],
];
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 4 }).map((pieces) => pieces.join(''));
const hostile = fc.constantFrom(
  "' or '1' = '1",
  '" or name is null or name = "',
  "'; drop table rows; --",
  "\\' or true",
  'x\\',
  '\\u0041',
  `\${env:HOME}`,
  `\\\${x}'`,
);
export const string = fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: hostile });
/** A bigint in the index travels as a number: exact up to 2^53. */
const long = fc.oneof(
  fc.bigInt(-3n, 3n),
  fc.constantFrom(2n ** 53n - 1n, 1n - 2n ** 53n),
  fc.bigInt(1n - 2n ** 53n, 2n ** 53n - 1n),
);
const anyLong = fc.oneof(long, fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n));
const double = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    0.5,
    -0.5,
    1,
    5e-324,
    1.7976931348623157e308,
    -1.7976931348623157e308,
    1e21,
    0.1,
    123456789012345680000,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
/** The years 0001 to 9999. */
const FIRST = -62135596800000000n;
const LAST = 253402300799999999n;
const timestamp = fc.oneof(
  fc.constantFrom(0n, -1n, 1704067200000000n, 1704067200000001n, LAST, FIRST),
  fc.bigInt(-1704067200000000n, 1704067200000000n),
  fc.bigInt(FIRST, LAST),
);

/** Exactly what an index holds: micros beyond 2^53 would not survive a number. */
const indexedTimestamp = timestamp.filter((micros) => micros <= 2n ** 53n && micros >= -(2n ** 53n));

type Values = Record<FilterType, fc.Arbitrary<string | number | bigint | boolean>>;

const INDEXED: Values = {
  string,
  long,
  double: fc.oneof(
    { weight: 8, arbitrary: double },
    { weight: 1, arbitrary: fc.constantFrom(Infinity, -Infinity, NaN) },
  ),
  boolean: fc.boolean(),
  timestamp: indexedTimestamp,
};

/** Rows whose values an index can hold. */
export const row = rowOf(INDEXED);

/** Rows of whatever a table can hold. */
export const tableRow = rowOf({ ...INDEXED, long: anyLong, timestamp });

function rowOf(values: Values): fc.Arbitrary<FilterRow> {
  return fc.record(
    Object.fromEntries(
      Object.entries(COLUMNS).map(([name, type]) => [name, fc.option(values[type], { freq: 4 })]),
    ),
  );
}

const LITERALS: Record<string, fc.Arbitrary<Literal>> = {
  string: string.map((value) => ({ kind: 'literal', type: 'string', value })),
  long: anyLong.map((value) => ({ kind: 'literal', type: 'long', value: String(value) })),
  double: double.map((value) => ({ kind: 'literal', type: 'double', value: value + 0 })),
  boolean: fc.boolean().map((value) => ({ kind: 'literal', type: 'boolean', value })),
  timestamp: timestamp.map((value) => ({ kind: 'literal', type: 'timestamp', value: String(value) })),
};

const column = (name: Name): Column => ({ kind: 'column', name, type: COLUMNS[name] });
const anyColumn = fc.constantFrom(...(Object.keys(COLUMNS) as Name[])).map(column);
const size: Operand = { kind: 'size', name: 'name', type: 'long' };
const operand: fc.Arbitrary<Operand> = fc.oneof(
  { weight: 9, arbitrary: anyColumn },
  { weight: 1, arbitrary: fc.constant(size) },
);

const comparison = operand.chain((left): fc.Arbitrary<Filter> => {
  const is =
    left.type === 'boolean'
      ? fc.constantFrom('==' as const, '!=' as const)
      : fc.constantFrom(...(['==', '!=', '<', '<=', '>', '>='] as const));
  const same = (Object.keys(COLUMNS) as Name[]).filter((name) => COLUMNS[name] === left.type).map(column);
  const right = fc.oneof(
    { weight: 6, arbitrary: LITERALS[left.type]! },
    { weight: 1, arbitrary: fc.constantFrom(...same) },
  );
  return fc.record({ op: fc.constant('compare' as const), is, left: fc.constant(left), right });
});
/** Spark looks up what is in a list of more than ten in another way. */
const membership = operand.chain((left) =>
  fc.record({
    op: fc.constant('in' as const),
    left: fc.constant(left),
    list: fc.oneof(
      { weight: 3, arbitrary: fc.array(LITERALS[left.type]!, { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.array(LITERALS[left.type]!, { minLength: 11, maxLength: 14 }) },
    ),
  }),
);
const textTest = fc.record({
  op: fc.constant('text' as const),
  is: fc.constantFrom('startsWith' as const, 'endsWith' as const, 'contains' as const),
  column: fc.constantFrom(column('name'), column('other')),
  text: string,
});
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  { weight: 6, arbitrary: comparison },
  { weight: 2, arbitrary: membership },
  { weight: 3, arbitrary: textTest },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('has' as const), column: anyColumn }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('constant' as const), value: fc.boolean() }) },
);

/** Filters up to four levels deep over COLUMNS. */
export const filter: fc.Arbitrary<Filter> = fc.letrec<{ node: Filter }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('not' as const), of: tie('node') }) },
    {
      weight: 2,
      arbitrary: fc.record({
        op: fc.constantFrom('and' as const, 'or' as const),
        of: fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
      }),
    },
  ),
})).node;
