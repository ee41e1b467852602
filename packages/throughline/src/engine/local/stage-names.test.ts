/** Sources whose files, columns and values have names and contents that staging could mistake for its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_PAYLOAD, type SourceRow } from '../../mapper/rows.ts';
import { stagedFrom } from './testing/staged-from.ts';

const CSV = { type: 'csv', path: '*.csv', id: 'id', text: 'body' };
const JSONL = { type: 'jsonl', path: '*.jsonl', id: 'id', text: 'body' };
const ids = (rows: readonly SourceRow[]) => rows.map((row) => row.id);

test('files whose names are also patterns are read as themselves', async (t) => {
  const files = {
    'a[1].csv': 'id,body\n1,x\n9\n',
    'a1.csv': 'id,body\n2,x\n3,x\n',
    'b*?.csv': 'id,body\n4,x\n',
    'bcd.csv': 'id,body\n5,x\n',
  };
  const { rows, rejects, sourceRows } = await stagedFrom(t, { files, source: CSV });
  assert.deepEqual(ids(rows).sort(), ['1', '2', '3', '4', '5']);
  assert.match(rejects[0]!.message, /^a\[1\]\.csv:3: /);
  assert.equal(sourceRows, 6);
  const one = await stagedFrom(t, { files, source: { ...CSV, path: 'a[1].csv' } });
  assert.deepEqual(ids(one.rows), ['1']);
  const lines = { 'a[1].jsonl': '{"id":"1","body":"x"}\n\n[]\n', 'a1.jsonl': '{"id":"2","body":"x"}\n' };
  const json = await stagedFrom(t, { files: lines, source: { ...JSONL, path: 'a[1].jsonl' } });
  assert.deepEqual([ids(json.rows), json.rejects.map(({ code }) => code)], [['1'], ['bad_json']]);
});

const NAMES = [
  '_chunk',
  '_row',
  '_file',
  '_content',
  '_raw',
  ' row',
  'name',
  'path',
  'valid',
  'line',
  'text',
];

test('columns may have any names, mapped or not', async (t) => {
  const header = ['id', 'body', ...NAMES].map((name) => `"${name}"`).join(',');
  const csv = { 'a.csv': `${header}\n1,x,${NAMES.map((_, i) => `v${i}`).join(',')}\n` };
  const jsonl = {
    'a.jsonl': JSON.stringify({
      id: '1',
      body: 'x',
      ...Object.fromEntries(NAMES.map((name, i) => [name, `v${i}`])),
    }),
  };
  for (const [files, source] of [
    [csv, CSV],
    [jsonl, JSONL],
  ] as const) {
    const attributes = NAMES.map((column, i) => ({ [`a${i}`]: column }));
    for (const chunk of [undefined, { by: '_row' }, { by: 'file' }]) {
      const more = { transform: [{ dedupe: '_row' }, { drop_nulls: ['_chunk'] }], ...(chunk && { chunk }) };
      const { rows } = await stagedFrom(t, { files, source: { ...source, attributes }, more });
      assert.deepEqual(
        rows[0]!.attributes,
        NAMES.map((_, i) => `v${i}`),
      );
    }
    assert.deepEqual(ids((await stagedFrom(t, { files, source })).rows), ['1']);
  }
});

test('an empty text is null to the filter, as it is in the tables', async (t) => {
  const files = { 'a.jsonl': '{"id":"1","body":"x","kind":""}\n{"id":"2","body":"x","kind":"k"}\n' };
  const source = { ...JSONL, attributes: ['kind'], filter: 'kind == null' };
  assert.deepEqual(ids((await stagedFrom(t, { files, source })).rows), ['1']);
});

test('a key that no line of JSONL has is an error that names it, a key that is always null is not', async (t) => {
  const files = { 'a.jsonl': 'no\n{"id":"1","body":"x","kind":null}\n{"id":"2","body":"x"}\n' };
  const source = { ...JSONL, attributes: ['kind'] };
  assert.equal((await stagedFrom(t, { files, source })).rows.length, 2);
  await assert.rejects(
    stagedFrom(t, { files, source: { ...source, attributes: ['kinds'] } }),
    (error: Error & { exitCode?: number }) =>
      error.exitCode === 78 && /"kinds" \(did you mean "kind"\?\)/.test(error.message),
  );
  assert.equal((await stagedFrom(t, { files: { 'a.jsonl': 'no\n' }, source })).rows.length, 0);
});

test('a rule that no longer fits the mapping is chosen anew', async (t) => {
  const files = { 'a.csv': 'id,body\n1,x\n' };
  for (const rule of [
    { by: 'window', every: '1d', zone: 'UTC' },
    { by: 'value', column: 'gone' },
  ] as const)
    assert.equal((await stagedFrom(t, { files, source: CSV, rule })).rule.by, 'rows');
});

test('a sample has the chunks that the whole would have', async (t) => {
  const lines = Array.from({ length: 300 }, (_, i) => `${i},x,2024-01-0${1 + (i % 9)}\n`);
  const files = { 'a.csv': `id,body,day\n${lines.join('')}` };
  const source = { ...CSV, timestamp: 'day' };
  const whole = await stagedFrom(t, { files, source });
  const sample = await stagedFrom(t, { files, source, sample: 5 });
  assert.deepEqual(sample.rule, whole.rule);
  assert.equal(sample.rows.length, 5);
});

test('of a malformed line a bounded part is kept', async (t) => {
  const long = 'y'.repeat(100_000);
  for (const [files, source] of [
    [{ 'a.csv': `id,body\n1,x\n2,${long},3\n` }, CSV],
    [{ 'a.jsonl': `{"id":"1","body":"x"}\n${long}\n` }, JSONL],
  ] as const) {
    const [reject] = (await stagedFrom(t, { files, source })).rejects;
    assert.ok(reject!.payload.length <= MAX_PAYLOAD && reject!.payload.includes('yyy'));
    assert.match(reject!.payload, /… \(1000*\d characters\)$/);
    assert.ok(reject!.message.length < 1_100);
  }
});

test('a value with a NUL has a chunk of its own', async (t) => {
  const files = { 'a.jsonl': '{"id":"1","body":"x","kind":"a\\u0000"}\n{"id":"2","body":"x","kind":"a"}\n' };
  const { rows, chunks } = await stagedFrom(t, { files, source: JSONL, more: { chunk: { by: 'kind' } } });
  assert.deepEqual([ids(rows).sort(), chunks.length], [['1', '2'], 2]);
});

test('SQL of a transform may begin with WITH and end with a comment', async (t) => {
  const sql = "WITH big AS (SELECT * FROM input WHERE id > '1') SELECT id, body FROM big -- the last";
  const files = { 'a.csv': 'id,body\n1,x\n2,y\n' };
  const { rows } = await stagedFrom(t, { files, source: CSV, more: { transform: [{ sql }] } });
  assert.deepEqual(ids(rows), ['2']);
});

test('to drop_nulls white space of every kind is nothing', async (t) => {
  const bodies = ['', ' ', '\t\n', '\u00a0\u2028\ufeff\v', ' x '];
  const files = { 'a.jsonl': bodies.map((body, i) => `${JSON.stringify({ id: `${i}`, body })}\n`).join('') };
  const more = { transform: [{ drop_nulls: ['text'] }] };
  assert.deepEqual(ids((await stagedFrom(t, { files, source: JSONL, more })).rows), ['4']);
});
