import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../config/schema.ts';
import { mappingOf } from '../source/mapping.ts';
import { rowRejecter } from './reject-rows.ts';
import { nameOf, rowConditions } from './row-conditions.ts';

const config = configSchema.parse({
  name: 'x',
  source: {
    ...{ type: 'csv', path: 'x.csv', id: 'id', text: 'body', timestamp: 'created' },
    attributes: ['state', { amount: { column: 'Amount', type: 'double' } }],
  },
  quality: [
    { check: 'not_null', column: 'state', severity: 'reject' },
    { check: 'accepted_values', column: 'state', values: ['CA', 'T"X'], severity: 'reject' },
    { check: 'accepted_range', column: 'amount', min: 0, max: 10, severity: 'reject' },
    { check: 'length', min: 5, severity: 'reject' },
    { check: 'cel', name: 'late', where: 'created < timestamp("2024-01-01T00:00:00Z")', severity: 'reject' },
    { check: 'cel', name: 'told', where: 'state == "XX"', severity: 'warn' },
  ],
});
const mapping = mappingOf(config.source);
const reject = rowRejecter(config.quality, mapping);

function row(change: { state?: string | null; amount?: number | null; text?: string; at?: bigint | null }) {
  const { state = 'CA', amount = 1, text = 'long enough', at = 0n } = change;
  return { id: '1', text, at, hash: '', attributes: [state, amount] };
}

test('a row that passes is not rejected, nor is one that a warning is about', () => {
  assert.equal(reject(row({})), undefined);
  assert.equal(reject(row({ amount: null })), undefined, 'null is no value');
});

test('the first check that a row does not pass is its reason', () => {
  const cases: [Parameters<typeof row>[0], string][] = [
    [{ state: null }, 'not_null_state'],
    [{ state: 'NY' }, 'accepted_values_state'],
    [{ amount: -1 }, 'accepted_range_amount'],
    [{ amount: 10.5 }, 'accepted_range_amount'],
    [{ text: 'shor' }, 'length'],
    [{ at: 1_704_067_200_000_000n }, 'late'],
    [{ at: null }, 'late'],
  ];
  for (const [change, code] of cases) assert.equal(reject(row(change))?.code, code, code);
});

test('a column that is not there, and a value of another type, are faults of the config', () => {
  const wrong = (check: object) => rowConditions([check as (typeof config.quality)[number]], mapping);
  assert.throws(() => wrong({ check: 'not_null', column: 'nope', severity: 'fail' }), /unknown column nope/);
  const values = { check: 'accepted_values', column: 'amount', values: ['x'], severity: 'fail' };
  assert.throws(() => wrong(values), { code: 'filter_type' });
});

test('names are made of check and column', () => {
  assert.deepEqual(config.quality.map(nameOf).slice(0, 4), [
    'not_null_state',
    'accepted_values_state',
    'accepted_range_amount',
    'length',
  ]);
});

test('texts are refused by what is in them; what must not be kept is not', () => {
  const quality = configSchema.parse({
    ...{ name: 'x', source: { type: 'csv', path: 'x.csv', text: 'body', attributes: ['state'] } },
    quality: [
      { check: 'encoding', severity: 'reject' },
      { check: 'pii', kinds: ['email'], severity: 'reject', name: 'no_mail' },
    ],
  });
  const rejected = rowRejecter(quality.quality, mappingOf(quality.source));
  const of = (text: string) => rejected({ ...row({ text }), attributes: ['CA'] });
  assert.deepEqual(of('caf\ufffd'), {
    ...{ code: 'encoding', message: 'the quality check encoding refuses the row: replacement' },
  });
  assert.deepEqual([of('to a@b.example')!.code, of('to a@b.example')!.withheld], ['no_mail', true]);
  assert.equal(of('212-555-0147'), undefined);
  const share = { check: 'pii', severity: 'reject', max: 0.1 };
  assert.throws(
    () => configSchema.parse({ name: 'x', source: quality.source, quality: [share] }),
    /leave out max/,
  );
});
