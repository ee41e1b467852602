import fc from 'fast-check';

const BLANKS = ['', ' ', '\t', '\n', '\r', '\f', '\r\n', '\u0085', '\u00a0', '\u2028', '\v', '\0'];
const WORDS = ['TRUE', 'true', 'False', 'no', 'Y', 't', '1', '0', 'ﬁve', 'yeſ', 'NaN', 'inf', 'Infinity'];
const NUMBERS = [
  '1_000',
  '0x10',
  '1d',
  '2.5f',
  '7L',
  '１２',
  '٣',
  '1e308',
  '1e309',
  '-1e999',
  '5e-324',
  '1e-400',
];
const EDGES = [
  '1.7976931348623158e308',
  '1.7976931348623159e308',
  '2.2250738585072012e-308',
  '-0',
  '-0.0',
  '.',
  '5.',
];
const LONGS = [
  '999999999999999999',
  '1000000000000000000',
  '+7',
  '-000000000000000001',
  '9223372036854775808',
];

const core = fc.oneof(
  fc.stringMatching(/^[+-]?[0-9.eE+-]{0,8}$/),
  fc.double().map(String),
  fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }).map(String),
  fc.constantFrom(...WORDS, ...NUMBERS, ...EDGES, ...LONGS),
);
const blank = fc.constantFrom(...BLANKS);

/** Texts that are numbers or booleans, or nearly. */
export const textLikeValue: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: core },
  { weight: 3, arbitrary: fc.tuple(blank, core, blank).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
