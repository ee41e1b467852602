import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseConfig } from '../config/index.ts';
import { loadTokenizer, modelInfo } from '../model/index.ts';
import { mappingOf } from '../source/mapping.ts';
import { createMapper } from './mapper.ts';
import { normalise } from './normalise.ts';
import { MAX_PAYLOAD, payloadOf, type SourceRow } from './rows.ts';

const CONFIG = `
name: test
source:
  type: csv
  path: a.csv
  id: id
  text: [subject, body]
  timestamp: created
  attributes: [product, { amount: { column: Amount, type: double } }]
  maxTextLength: 1000
embed: { model: hash }
`;

async function mapper(extra = '') {
  const config = parseConfig(CONFIG + extra, 'throughline.yaml', { env: {} });
  const spec = { model: 'hash' } as const;
  return createMapper(config, mappingOf(config.source), await modelInfo(spec), await loadTokenizer(spec));
}

const row = (over: Partial<SourceRow> = {}): SourceRow => ({
  id: '7',
  timestamp: '2024-03-05',
  text: ['Late fee', 'They charged me twice.'],
  attributes: ['Card', '12.50'],
  superseded: false,
  copy: 1,
  ...over,
});
const chunk = { id: 'd:2024-03-04', none: false };

test('a row becomes a record with typed attributes, and passages of its joined text', async () => {
  const mapped = (await mapper()).map(row(), chunk);
  assert.ok('record' in mapped);
  assert.equal(mapped.record.text, 'Late fee\n\nThey charged me twice.');
  assert.deepEqual(mapped.record.attributes, ['Card', 12.5]);
  assert.equal(mapped.record.at, 1_709_596_800_000_000n);
  assert.equal(mapped.passages.length, 1);
  assert.match(mapped.passages[0]!.passage, /^[0-9a-f]{32}$/);
});

test('each thing that is wrong with a row has a code of its own', async () => {
  const { map } = await mapper();
  const codeOf = (over: Partial<SourceRow>, place = chunk) => {
    const mapped = map(row(over), place);
    return 'deadLetter' in mapped ? mapped.deadLetter.code : 'fine';
  };
  assert.equal(codeOf({}), 'fine');
  assert.equal(codeOf({ id: null }), 'null_id');
  assert.equal(codeOf({ superseded: true }), 'duplicate_id');
  assert.equal(codeOf({ text: [null, ' \n'] }), 'empty_text');
  assert.equal(codeOf({ text: ['x'.repeat(1001), null] }), 'text_too_long');
  assert.equal(codeOf({ timestamp: 'soon' }), 'bad_timestamp');
  assert.equal(codeOf({ timestamp: null }), 'fine');
  assert.equal(codeOf({ attributes: ['Card', 'much'] }), 'bad_value');
  assert.equal(codeOf({ attributes: [null, ''] }), 'fine');
  assert.equal(codeOf({}, { id: 'none', none: true }), 'null_cursor');
});

test('a dead letter shows the row under its column names', async () => {
  const mapped = (await mapper()).map(row({ timestamp: 'soon' }), chunk);
  assert.ok('deadLetter' in mapped);
  assert.match(mapped.deadLetter.message, /^created: "soon" is not a time/);
  assert.equal(JSON.parse(mapped.deadLetter.payload).Amount, '12.50');
});

test('without an id column the content is the id, and copies are numbered', async () => {
  const config = parseConfig(CONFIG.replace('  id: id\n', ''), 'throughline.yaml', { env: {} });
  const spec = { model: 'hash' } as const;
  const { map } = createMapper(
    config,
    mappingOf(config.source),
    await modelInfo(spec),
    await loadTokenizer(spec),
  );
  const idOf = (over: Partial<SourceRow>) => {
    const mapped = map(row({ id: null, ...over }), chunk);
    return 'record' in mapped ? mapped.record.id : undefined;
  };
  assert.match(idOf({})!, /^[0-9a-f]{32}$/);
  assert.equal(idOf({ copy: 2 }), `${idOf({})}-2`);
  assert.notEqual(idOf({ attributes: ['Loan', '12.50'] }), idOf({}));
});

test('normalising is idempotent and leaves no control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const once = normalise(text);
      assert.equal(normalise(once), once);
      assert.doesNotMatch(once, /[\p{Cc}--\n]/v);
    }),
  );
  assert.equal(normalise('a\r\nb\u0000  c\u2028\n\n\n\nd '), 'a\nb c\n\nd');
});

test('a payload is bounded and well-formed', () => {
  const payload = payloadOf({ text: '😀'.repeat(10_000) });
  assert.ok(payload.length <= MAX_PAYLOAD && payload.isWellFormed());
});

test('source.format is that of the timestamp, not of the attributes', async () => {
  const text = CONFIG.replace('product, ', 'created, { seen: { column: Seen, type: timestamp } }, ').replace(
    '  maxText',
    '  format: dd.MM.yyyy\n  maxText',
  );
  const config = parseConfig(text, 'throughline.yaml', { env: {} });
  const spec = { model: 'hash' } as const;
  const { map } = createMapper(
    config,
    mappingOf(config.source),
    await modelInfo(spec),
    await loadTokenizer(spec),
  );
  const mapped = map(row({ timestamp: '05.03.2024', attributes: ['05.03.2024', '2024-03-05', '1'] }), chunk);
  assert.ok('record' in mapped);
  assert.deepEqual(
    [mapped.record.at, mapped.record.attributes[1]],
    [1_709_596_800_000_000n, 1_709_596_800_000_000n],
  );
});
