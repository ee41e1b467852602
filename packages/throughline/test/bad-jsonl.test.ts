/** Lines of JSON that are not what they should be. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { project } from './project.ts';
import { assertAddsUp } from './tables.ts';

const MAP = ['run', '--only', 'map', '--json'];

async function runLines(t: TestContext, lines: readonly (string | Buffer)[]) {
  const data = Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from('\n')])));
  const { lake, run } = await project(t, data, {
    source: { type: 'jsonl', id: 'id', text: 'text', timestamp: 'at', attributes: ['kind'] },
    chunk: { by: 'at', every: '1y' },
  });
  const ran = await run(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  return assertAddsUp(ran, lake);
}

const line = (id: string, text: unknown, more = {}) =>
  JSON.stringify({ id, text, at: '2024-01-01', kind: 'k', ...more });

test('a line that is no JSON object is a dead letter with file and line, and the others live', async (t) => {
  const { records, dead_letters } = await runLines(t, [
    line('a', 'one'),
    '{"id": "b", "text',
    '[1]',
    line('c', 'two'),
  ]);
  assert.deepEqual(records.map((row) => row._id).sort(), ['a', 'c']);
  assert.deepEqual(
    dead_letters.map((row) => [row._code, String(row._message).split(': ')[0]]),
    [
      ['bad_json', 'data.csv:2'],
      ['bad_json', 'data.csv:3'],
    ],
  );
});

test('a lone surrogate never reaches the tables: the line is a dead letter, the others live', async (t) => {
  const { records, dead_letters } = await runLines(t, [
    line('a', 'one'),
    '{"id":"b","text":"x\\ud800y","at":"2024-01-01"}',
  ]);
  for (const { _text } of records) assert.ok(String(_text).isWellFormed());
  assert.deepEqual(
    records.map((row) => row._id),
    ['a'],
  );
  assert.match(String(dead_letters[0]!._message), /^data\.csv:2: /);
});

test('U+2028, NUL, surrogate pairs and escapes in a JSON text come through unchanged', async (t) => {
  const text = 'a\u2028b\0c \u{1f600} "q" \\ \t\n end';
  const escaped = '{"id":"b","text":"\\ud83d\\ude00 \\u0000 \\u2028","at":"2024-01-01"}';
  const { records } = await runLines(t, [line('a', text), escaped]);
  const texts = new Map(records.map((row) => [row._id, row._text]));
  assert.deepEqual(
    texts,
    new Map([
      ['a', text],
      ['b', '\u{1f600} \0 \u2028'],
    ]),
  );
});

test('bytes that are not UTF-8 in a line make a dead letter with its line', async (t) => {
  const { records, dead_letters } = await runLines(t, [
    line('a', 'one'),
    Buffer.from(line('b', 'caf\u00e9'), 'latin1'),
    line('c', 'two'),
  ]);
  assert.deepEqual(records.map((row) => row._id).sort(), ['a', 'c']);
  assert.match(String(dead_letters[0]!._message), /^data\.csv:2: /);
});

test('a byte order mark, CRLF and blank lines are no rows and no dead letters', async (t) => {
  const { records, dead_letters } = await runLines(t, [
    `\ufeff${line('a', 'one')}\r`,
    '',
    ' \r',
    `${line('b', 'two')}\r`,
  ]);
  assert.deepEqual(dead_letters, []);
  assert.deepEqual(records.map((row) => row._id).sort(), ['a', 'b']);
});

test('values of other types are taken as their JSON text; null and absent are none', async (t) => {
  const { records, dead_letters } = await runLines(t, [
    line('a', 'one', { kind: 12.5 }),
    line('b', 'two', { kind: { x: [1, null] } }),
    line('c', 'three', { kind: null }),
    line('d', null),
    '{"id":"e","at":"2024-01-01"}',
  ]);
  const kinds = new Map(records.map((row) => [row._id, row.kind]));
  assert.deepEqual(
    kinds,
    new Map<unknown, unknown>([
      ['a', '12.5'],
      ['b', '{"x":[1,null]}'],
      ['c', null],
    ]),
  );
  assert.deepEqual(dead_letters.map((row) => [row._id, row._code]).sort(), [
    ['d', 'empty_text'],
    ['e', 'empty_text'],
  ]);
});

test('a key that is there twice, and nesting 2,000 deep, cost at most their own line', async (t) => {
  const deep = `{"id":"b","text":"two","at":"2024-01-01","kind":${'['.repeat(2_000)}${']'.repeat(2_000)}}`;
  const { records, dead_letters } = await runLines(t, [
    line('a', 'one'),
    '{"id":"x","id":"y","text":"t","at":"2024-01-01"}',
    deep,
    line('c', 'three'),
  ]);
  assert.equal(records.length + dead_letters.length, 4);
  const ids = records.map((row) => row._id);
  assert.ok(ids.includes('a') && ids.includes('c'));
});
