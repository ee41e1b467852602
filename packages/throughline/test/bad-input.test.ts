/** Rows that users have and nobody expects: each is processed or named with its place, and the others live. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { DeadLetters } from '../src/lake/dead-letters.ts';
import type { SearchResult } from '../src/search/index.ts';
import { type Complaint, complaints, HEADER, toCsv } from './complaints.ts';
import { project } from './project.ts';
import { assertAddsUp, type Row } from './tables.ts';

const MAP = ['run', '--only', 'map', '--json'];
const GOOD = complaints(5);

function withText(narrative: string, change: Partial<Complaint> = {}): Complaint {
  return { ...GOOD[0]!, complaint_id: 'odd', narrative, ...change };
}

function byId(rows: readonly Row[], id: string): Row {
  const found = rows.filter((row) => row._id === id);
  assert.equal(found.length, 1, `one row has the id ${id}`);
  return found[0]!;
}

test('bytes that are not UTF-8 make a dead letter with file and line, and the other rows live', async (t) => {
  const odd = withText('the caf\u00e9 charged twice');
  const data = Buffer.from(toCsv([GOOD[0]!, odd, GOOD[1]!]), 'latin1');
  const { lake, call } = await project(t, data);
  const ran = await call(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  const { records, dead_letters } = await assertAddsUp(ran, lake);
  assert.deepEqual(
    records.map((row) => row._id).sort(),
    [GOOD[0]!.complaint_id, GOOD[1]!.complaint_id].sort(),
  );
  assert.match(String(dead_letters[0]!._message), /^data\.csv:3: /);
  assert.equal(dead_letters[0]!._chunk, 'none');
});

test('the same bytes are read with encoding: latin-1', async (t) => {
  const odd = withText('the caf\u00e9 charged twice');
  const { lake, call } = await project(t, Buffer.from(toCsv([odd]), 'latin1'), {
    source: { encoding: 'latin-1' },
  });
  const { records } = await assertAddsUp(await call(...MAP), lake);
  assert.equal(records[0]!._text, 'the caf\u00e9 charged twice');
});

test('UTF-16 with its byte order mark is read with encoding: utf-16', async (t) => {
  const odd = withText('emoji \u{1f600} and caf\u00e9');
  const { lake, call } = await project(t, Buffer.from(`\ufeff${toCsv([odd])}`, 'utf16le'), {
    source: { encoding: 'utf-16' },
  });
  const ran = await call(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  const { records } = await assertAddsUp(ran, lake);
  assert.equal(records[0]!._text, 'emoji \u{1f600} and caf\u00e9');
});

test('rows with too many and too few columns are dead letters with their lines', async (t) => {
  const lines = toCsv([withText('one'), withText('two', { complaint_id: 'b' })])
    .trimEnd()
    .split('\n');
  const data = [lines[0], `${lines[1]},more`, 'only,two', lines[2], ''].join('\n');
  const { lake, call } = await project(t, data);
  const ran = await call(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  const { records, dead_letters } = await assertAddsUp(ran, lake);
  assert.deepEqual(
    records.map((row) => row._id),
    ['b'],
  );
  const messages = dead_letters.map((row) => `${row._code} ${row._message}`).sort();
  assert.match(messages[0]!, /^missing_columns data\.csv:3: /);
  assert.match(messages[1]!, /^too_many_columns data\.csv:2: /);
});

test('a quote that is never closed is a dead letter at the line where it opens; rows before it live', async (t) => {
  const text = toCsv([GOOD[0]!]);
  const { lake, call } = await project(t, `${text}x,2015-01-01,p,s,i,u,c,CA,"never closed\nand on\nand on\n`);
  const ran = await call(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  const { records, dead_letters } = await assertAddsUp(ran, lake);
  assert.equal(records.length, 1);
  assert.equal(dead_letters.length, 1);
  const line = text.trimEnd().split('\n').length + 1;
  assert.match(String(dead_letters[0]!._message), new RegExp(`^data\\.csv:${line}: `));
});

test('a text of 10 MB is a dead letter, cut in its payload, and the others live', async (t) => {
  const { lake, call } = await project(t, toCsv([GOOD[0]!, withText('word '.repeat(2_000_000)), GOOD[1]!]));
  const ran = await call(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  const { records, dead_letters } = await assertAddsUp(ran, lake);
  assert.equal(records.length, 2);
  assert.equal(dead_letters[0]!._code, 'text_too_long');
  assert.ok(String(dead_letters[0]!._payload).length < 10_000);
});

test('an empty text is a dead letter that names its column', async (t) => {
  const { lake, call } = await project(t, toCsv([GOOD[0]!, withText(' \t ')]));
  const { dead_letters } = await assertAddsUp(await call(...MAP), lake);
  assert.deepEqual([dead_letters[0]!._id, dead_letters[0]!._code], ['odd', 'empty_text']);
  assert.match(String(dead_letters[0]!._message), /narrative/);
});

test('rows without a time, and with one that is none, are dead letters of the chunk "none"', async (t) => {
  const rows = [
    GOOD[0]!,
    withText('a', { date_received: '' }),
    withText('b', { complaint_id: 'c', date_received: '2015-02-31' }),
  ];
  const { lake, call } = await project(t, toCsv(rows));
  const ran = await call(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  const { dead_letters } = await assertAddsUp(ran, lake);
  assert.deepEqual(
    dead_letters.map((row) => row._chunk),
    ['none', 'none'],
  );
  assert.match(String(byId(dead_letters, 'c')._message), /date_received: "2015-02-31" is not a time/);
});

test('of equal ids in a chunk the last wins and the others are dead letters', async (t) => {
  const rows = ['first', 'second', 'third'].map((text) => withText(text));
  const { lake, call } = await project(t, toCsv(rows));
  const { records, dead_letters } = await assertAddsUp(await call(...MAP), lake);
  assert.deepEqual(
    records.map((row) => row._text),
    ['third'],
  );
  assert.deepEqual(
    dead_letters.map((row) => row._code),
    ['duplicate_id', 'duplicate_id'],
  );
});

const STRANGE: Record<string, string> = {
  'NUL bytes': 'before\0after \0',
  'a line separator (U+2028)': 'one\u2028two\u2029three',
  'emoji with joiners and skin tones':
    'family \u{1f468}\u200d\u{1f469}\u200d\u{1f467} thumbs \u{1f44d}\u{1f3fd}',
  'right-to-left text with marks':
    '\u05e9\u05dc\u05d5\u05dd \u202e\u0627\u0644\u0633\u0644\u0627\u0645\u202c',
  'line breaks and quotes inside a field': 'a "quoted"\r\nline\n\nand, another',
  'a formula and SQL': `=1+1'); DROP TABLE staged; -- "`,
  'combining marks and full width': 'e\u0301 \uff21\uff22 \ufb01',
};

test('strange but valid texts come through unchanged, with passages that are cut from them', async (t) => {
  const rows = Object.values(STRANGE).map((text, i) =>
    withText(text, { complaint_id: `s${i}`, company: text }),
  );
  const { lake, call } = await project(t, toCsv(rows));
  const ran = await call(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  const { records, passages } = await assertAddsUp(ran, lake);
  for (const [i, [name, text]] of Object.entries(STRANGE).entries()) {
    const record = byId(records, `s${i}`);
    assert.equal(record._text, text, name);
    assert.equal(record.company, text, name);
    const passage = byId(passages, `s${i}`);
    assert.equal(passage._text, text.slice(Number(passage._start), Number(passage._end)), name);
  }
});

test('strange texts are searchable and themed', async (t) => {
  const strange = Object.values(STRANGE).map((text, i) => withText(text, { complaint_id: `s${i}` }));
  const { run, call } = await project(t, toCsv([...complaints(60), ...strange]));
  const ran = await run('run', '--json');
  assert.equal(ran.code, 0, ran.stderr);
  const found = await call<SearchResult>('search', 'before after', '--mode', 'keyword', '--json');
  assert.equal(found.json.hits[0]?.recordId, 's0');
  for (const command of [['search', 'family thumbs'], ['themes']]) {
    const printed = await call(...command);
    assert.equal(printed.code, 0, printed.stderr);
    assert.doesNotMatch(
      printed.stdout.replaceAll('\n', ''),
      /[\p{Cc}\u202e]/u,
      'no control character of a text',
    );
  }
});

test('10,000 columns are read, and only those that are named', async (t) => {
  const many = Array.from({ length: 10_000 }, (_, i) => `extra_${i}`);
  const lines = [[...HEADER, ...many].join(',')];
  for (let row = 0; row < 3; row++)
    lines.push(
      [`w${row}`, '2015-01-01', 'p', 's', 'i', 'u', 'c', 'CA', `text ${row}`, ...many.map(() => 'x')].join(
        ',',
      ),
    );
  const { lake, call } = await project(t, `${lines.join('\n')}\n`);
  const ran = await call(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal((await assertAddsUp(ran, lake)).records.length, 3);
});

test('CRLF, a byte order mark and a last line without its end change nothing', async (t) => {
  const plain = await project(t, toCsv([withText('one'), withText('two', { complaint_id: 'b' })]));
  const { records: expected } = await assertAddsUp(await plain.call(...MAP), plain.lake);
  const data = `\ufeff${toCsv([withText('one'), withText('two', { complaint_id: 'b' })])}`;
  const { lake, call } = await project(t, data.trimEnd().replaceAll('\n', '\r\n'));
  const ran = await call(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual((await assertAddsUp(ran, lake)).records, expected);
});

test('a run in which every row is dead ends with 65 and says where to look', async (t) => {
  const { lake, call } = await project(
    t,
    toCsv([withText(''), withText('x', { complaint_id: 'y', date_received: 'soon' })]),
  );
  const ran = await call(...MAP);
  assert.equal(ran.code, 65);
  assert.match(ran.stderr, /dlq/);
  await assertAddsUp(ran, lake);
  const dlq = await call<DeadLetters>('dlq', '--json');
  assert.equal(dlq.json.total, 2);
});

test('a file that changes between runs is read again: new, changed and gone rows', async (t) => {
  const { lake, call, write } = await project(t, toCsv(GOOD));
  await call(...MAP);
  const changed = [{ ...GOOD[0]!, narrative: 'another text' }, ...GOOD.slice(2), withText('a new row')];
  await write('data.csv', toCsv(changed));
  const ran = await call(...MAP, '--force');
  const { records } = await assertAddsUp(ran, lake);
  const texts = new Map(records.map((row) => [row._id, row._text]));
  assert.deepEqual(texts, new Map(changed.map((row) => [row.complaint_id, row.narrative])));
});
