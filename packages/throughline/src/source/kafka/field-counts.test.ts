import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldCounts } from './field-counts.ts';
import { jsonObject } from './json-fields.ts';
import { changeOf } from './message-change.ts';

const never = () => false;

/** So many messages, as they are read of a topic. */
function add(counts: FieldCounts, messages: number, messageOf: (i: number) => object): void {
  for (let i = 0; i < messages; i++) counts.add(jsonObject(JSON.stringify(messageOf(i)))!);
}

test('fields have shares and types of JSON; a null is no value, and rare types are none', () => {
  const counts = new FieldCounts(['text']);
  add(counts, 199, (i) => ({
    ...{ text: 'a', n: i % 2 ? 1.5 : 7, yes: true, parts: i % 2 ? [1] : { a: 1 }, no: null },
    ...{ mixed: i < 40 ? 1 : 'b', odd: i === 0 ? 1 : 'b' },
    ...(i < 10 && { few: i }),
  }));
  assert.equal(counts.take(), undefined, 'of fewer messages nothing is said');
  add(counts, 1, () => ({ text: null }));
  const shown = counts.take()!.map(({ name, share, type }) => [name, share, type]);
  assert.deepEqual(shown, [
    ['few', 0.05, undefined],
    ['mixed', 0.995, 'number | string'],
    ['n', 0.995, 'number'],
    ['odd', 0.995, 'string'],
    ['parts', 0.995, 'nested'],
    ['text', 0.995, 'string'],
    ['yes', 0.995, 'boolean'],
  ]);
  assert.equal(counts.take(), undefined, 'it begins anew');
});

test('what another process has counted is counted on', () => {
  const first = new FieldCounts(['text']);
  add(first, 150, () => ({ text: 'a', __proto__x: 1 }));
  const kept = JSON.parse(JSON.stringify(first.kept()));
  const next = new FieldCounts(['text']);
  add(next, 20, () => ({ text: 'a' }));
  next.goOn(kept);
  add(next, 30, () => ({ text: 'a' }));
  assert.deepEqual(
    next.take()!.map(({ name, share }) => [name, share]),
    [
      ['__proto__x', 0.75],
      ['text', 1],
    ],
  );
});

test('messages with ever other keys take no more memory, and the mapped fields are counted all the same', () => {
  const counts = new FieldCounts(['last']);
  add(counts, 5_000, (i) => ({ [`key ${i}`]: 1, ['x'.repeat(1_000)]: 1, last: i }));
  const columns = counts.take()!;
  assert.equal(columns.length, 1_000);
  assert.deepEqual(
    columns.find(({ name }) => name === 'last'),
    { name: 'last', share: 1, type: 'number' },
  );
});

test('a mapped field that no message has is named once that says something', () => {
  const counts = new FieldCounts(['kafka_key', 'kafka_header_x', 'text', 'categroy']);
  const isSlip = (_: string, others: readonly string[]) => others.includes('category');
  add(counts, 19, () => ({ text: 'a', category: 'b' }));
  assert.deepEqual(counts.absent(isSlip).absent, []);
  add(counts, 1, () => ({ text: 'a', category: 'b', categroy: null }));
  assert.deepEqual(counts.absent(never).absent, []);
  assert.deepEqual(counts.absent(isSlip), { absent: ['categroy'], others: ['category'], messages: 20 });
  add(counts, 180, () => ({ text: 'a' }));
  assert.deepEqual(counts.absent(never).absent, ['categroy']);
});

test('what no message has had for long is forgotten, and what all have is there in all', () => {
  const counts = new FieldCounts(['text']);
  add(counts, 30_000, () => ({ text: 'a', old: 1 }));
  add(counts, 200_000, () => ({ text: 'a' }));
  assert.deepEqual(counts.take(), [{ name: 'text', share: 1, type: 'string' }]);
});

test('messages that nobody can read are not counted', () => {
  const fields = new FieldCounts([]);
  const reading = { topic: 't', partition: 0, value: 'json', columns: ['text'], fields } as const;
  const message = (value: string | null) => ({
    ...{ offset: 1, timestamp: undefined, key: Buffer.from('k'), headers: [] },
    value: value === null ? null : Buffer.from(value),
  });
  for (const value of ['{"text": ', '[]', null, '{"text":"a"}']) changeOf(message(value), reading);
  assert.deepEqual(fields.kept(), { messages: 1, fields: { text: { string: 1 } } });
});
