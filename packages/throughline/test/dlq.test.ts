/** Dead letters are found by reason, chunk and time, read whole, taken elsewhere, and come back when the cause is mended. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import type { RetryResult } from '../src/dlq/retry.ts';
import type { DeadLetterEntry, DeadLetters } from '../src/lake/dead-letters.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';
import { assertAddsUp, readBuild } from './tables.ts';

const GOOD = complaints(20);
const EMPTY = complaints(3).map((row, i) => ({ ...row, complaint_id: `empty-${i}`, narrative: ' ' }));
const UNDATED = { ...GOOD[0]!, complaint_id: 'undated', date_received: 'some day' };
const DATA = toCsv([...GOOD, ...EMPTY, UNDATED]);

test('dead letters are found by reason, chunk and time, and shown whole by key or id', async (t) => {
  const { run } = await project(t, DATA);
  await run('run', '--only', 'map', '--json');
  const all = (await run<DeadLetters>('dlq', '--json')).json;
  assert.deepEqual(all.reasons, { empty_text: 3, null_cursor: 1 });
  const count = async (...filter: string[]) =>
    (await run<DeadLetters>('dlq', 'list', ...filter, '--json')).json.total;
  assert.equal(await count('--reason', 'empty_text'), 3);
  assert.equal(await count('--reason', 'empty_text', 'null_cursor'), 4);
  assert.equal(await count('--chunk', 'none'), 1);
  assert.equal(await count('--chunk', 'none', '--reason', 'empty_text'), 0);
  assert.equal(await count('--since', '2999-01-01'), 0);
  assert.equal(await count('--since', '2020-01-01'), 4);

  const [first] = all.deadLetters;
  for (const name of [first!.key, first!.id!]) {
    const shown = await run<{ deadLetters: DeadLetterEntry[] }>('dlq', 'show', name, '--json');
    assert.deepEqual(shown.json.deadLetters, [first]);
  }
  const missing = await run('dlq', 'show', 'nobody');
  assert.equal(missing.code, 64);
  assert.match(missing.stderr, /no dead letter with the key or id nobody/);
});

test('dead letters are exported as CSV, JSON Lines and Parquet, never over a file that is there', async (t) => {
  const { folder, run } = await project(t, DATA);
  await run('run', '--only', 'map', '--json');
  for (const name of ['all.csv', 'all.jsonl', 'all.parquet']) {
    const exported = await run<{ rows: number }>('dlq', 'export', name, '--json');
    assert.equal(exported.code, 0, exported.stderr);
    assert.equal(exported.json.rows, 4);
  }
  const lines = (await readFile(join(folder, 'all.jsonl'), 'utf8')).trim().split('\n');
  const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id);
  assert.deepEqual(ids.sort(), ['empty-0', 'empty-1', 'empty-2', 'undated']);
  assert.equal((await run('dlq', 'export', 'all.csv')).code, 73);
  assert.equal((await run('dlq', 'export', 'all.xlsx')).code, 64);
});

test("retry makes the chunks again: what today's config can process is resolved, the rest stays", async (t) => {
  const { lake, run, configure } = await project(t, DATA, { source: { maxTextLength: 200 } });
  const first = await run('run', '--only', 'map', '--json');
  const { dead_letters } = await assertAddsUp(first, lake);
  const tooLong = dead_letters.filter((row) => row._code === 'text_too_long').length;
  assert.ok(tooLong > 0, 'some texts are longer than the limit');

  const inVain = await run<RetryResult>('dlq', 'retry', '--reason', 'text_too_long', '--json');
  assert.equal(inVain.code, 0, inVain.stderr);
  assert.deepEqual([inVain.json.tried, inVain.json.resolved, inVain.json.open], [tooLong, 0, tooLong]);
  assert.equal(inVain.json.run!.embedded, 0, 'nothing is embedded twice');

  await configure({ source: { maxTextLength: 1_000_000 } });
  const mended = await run<RetryResult>('dlq', 'retry', '--reason', 'text_too_long', '--json');
  assert.equal(mended.code, 0, mended.stderr);
  const left = (await run<DeadLetters>('dlq', '--json')).json;
  assert.deepEqual(Object.keys(left.reasons).sort(), ['empty_text', 'null_cursor']);
  assert.deepEqual([mended.json.resolved, mended.json.open], [tooLong, 0]);
});

test('retry without dead letters that fit does nothing', async (t) => {
  const { run } = await project(t, DATA);
  await run('run', '--only', 'map', '--json');
  const none = await run<RetryResult>('dlq', 'retry', '--reason', 'no_such_reason', '--json');
  assert.deepEqual([none.code, none.json.tried, none.json.run], [0, 0, undefined]);
});

test('what was dropped is listed, exported, counted and retried no more, also after a replay', async (t) => {
  const configure = (max: number) => ({ acceptance: { deadLetterRate: { max } } });
  const { run } = await project(t, DATA, configure(0.1));
  const first = await run('run', '--only', 'map', '--json');
  assert.equal(first.code, 65, 'four dead letters of 24 rows are over the limit');
  assert.match(first.json.unmet[0]!, /^deadLetterRate: 4 of 24 rows .* 16\.7 %; at most 10 %/);
  assert.match(first.stderr, /not promoted: deadLetterRate/);
  const { json } = await run<DeadLetters>('dlq', '--json');
  assert.equal(json.total, 4, 'nothing is promoted, and they can be looked at all the same');

  const kept = await project(t, DATA, configure(0.5));
  await kept.run('run', '--only', 'map', '--json');
  const none = await kept.run('dlq', 'drop');
  assert.equal(none.code, 64);
  const dropped = await kept.run<{ dropped: number }>('dlq', 'drop', '--reason', 'empty_text', '--json');
  assert.equal(dropped.json.dropped, 3);
  const left = (await kept.run<DeadLetters>('dlq', '--json')).json;
  assert.deepEqual(left.reasons, { null_cursor: 1 });
  assert.equal((await kept.run<DeadLetters>('dlq', 'list', '--dropped', '--json')).json.total, 4);
  const exported = await kept.run<{ rows: number }>('dlq', 'export', 'left.csv', '--json');
  assert.equal(exported.json.rows, 1);

  await kept.configure(configure(0.1));
  const again = await kept.run('run', '--force', '--only', 'map', '--json');
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(again.json.unmet, []);
  assert.deepEqual((await kept.run<DeadLetters>('dlq', '--json')).json.reasons, { null_cursor: 1 });
  const byKey = await kept.run<{ dropped: number }>('dlq', 'drop', left.deadLetters[0]!.key, '--json');
  assert.equal(byKey.json.dropped, 1);
  assert.equal((await kept.run<DeadLetters>('dlq', '--json')).json.total, 0);
});

test('the key in an export is the one that list shows', async (t) => {
  const { folder, run } = await project(t, DATA);
  await run('run', '--only', 'map', '--json');
  const listed = (await run<DeadLetters>('dlq', '--json')).json.deadLetters.map(({ key }) => key);
  await run('dlq', 'export', 'all.jsonl', '--json');
  const lines = (await readFile(join(folder, 'all.jsonl'), 'utf8')).trim().split('\n');
  const exported = lines.map((line) => (JSON.parse(line) as { key: string }).key);
  assert.deepEqual(exported.sort(), listed.sort());
});

test('retry does not empty a chunk that has left the source', async (t) => {
  const config = { chunk: { by: 'product' } };
  const { run, write, lake } = await project(t, DATA, config);
  await run('run', '--only', 'map', '--json');
  const before = (await readBuild(lake)).records.length;
  const product = EMPTY[0]!.product;
  await write('data.csv', toCsv(GOOD.filter((row) => row.product !== product)));
  const retried = await run<RetryResult>('dlq', 'retry', '--reason', 'empty_text', '--json');
  assert.ok(retried.json.open > 0, retried.stderr);
  assert.equal((await readBuild(lake)).records.length, before);
});

test('a limit that is lowered is looked at though nothing is due', async (t) => {
  const configure = (max: number) => ({ acceptance: { deadLetterRate: { max } } });
  const made = await project(t, DATA, configure(0.5));
  assert.equal((await made.run('run', '--only', 'map', '--json')).code, 0);
  await made.configure(configure(0.1));
  const again = await made.run('run', '--only', 'map', '--json');
  assert.deepEqual([again.code, again.json.chunks.done, again.json.unmet.length], [65, 0, 1]);
  assert.equal((await made.run('dlq', 'retry', '--reason', 'empty_text')).code, 65);
});

test('a key that is no dead letter is an error', async (t) => {
  const { run } = await project(t, DATA);
  await run('run', '--only', 'map', '--json');
  assert.equal((await run('dlq', 'drop', 'nosuchkey')).code, 64);
});
