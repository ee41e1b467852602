/** Dead letters are found by reason, chunk and time, read whole, taken elsewhere, and come back when the cause is mended. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import type { RetryResult } from '../src/dlq/retry.ts';
import type { DeadLetterEntry, DeadLetters } from '../src/lake/dead-letters.ts';
import { begun } from './begun.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';
import { assertAddsUp, readBuild } from './tables.ts';

const GOOD = complaints(20);
const EMPTY = complaints(3).map((row, i) => ({ ...row, complaint_id: `empty-${i}`, narrative: ' ' }));
const UNDATED = { ...GOOD[0]!, complaint_id: 'undated', date_received: 'some day' };
const DATA = toCsv([...GOOD, ...EMPTY, UNDATED]);
const MAP = ['run', '--only', 'map', '--json'];
const mapped = begun(DATA, {}, MAP);

test('dead letters are found by reason, chunk and time, and shown whole by key or id', async () => {
  const { call } = (await mapped()).made;
  const all = (await call<DeadLetters>('dlq', '--json')).json;
  assert.deepEqual(all.reasons, { empty_text: 3, null_cursor: 1 });
  const count = async (...filter: string[]) =>
    (await call<DeadLetters>('dlq', 'list', ...filter, '--json')).json.total;
  assert.equal(await count('--reason', 'empty_text'), 3);
  assert.equal(await count('--reason', 'empty_text', 'null_cursor'), 4);
  assert.equal(await count('--chunk', 'none'), 1);
  assert.equal(await count('--chunk', 'none', '--reason', 'empty_text'), 0);
  assert.equal(await count('--since', '2999-01-01'), 0);
  assert.equal(await count('--since', '2020-01-01'), 4);

  const [first] = all.deadLetters;
  for (const name of [first!.key, first!.id!]) {
    const shown = await call<{ deadLetters: DeadLetterEntry[] }>('dlq', 'show', name, '--json');
    assert.deepEqual(shown.json.deadLetters, [first]);
  }
  const missing = await call('dlq', 'show', 'nobody');
  assert.equal(missing.code, 64);
  assert.equal((await call('dlq', 'drop', 'nosuchkey')).code, 64);
  assert.match(missing.stderr, /no dead letter with the key or id nobody/);
});

test('dead letters are exported as CSV, JSON Lines and Parquet, never over a file that is there', async (t) => {
  const { folder, run, call } = await (await mapped()).copy(t);
  for (const name of ['all.csv', 'all.jsonl', 'all.parquet']) {
    const exported = await call<{ rows: number }>('dlq', 'export', name, '--json');
    assert.equal(exported.code, 0, exported.stderr);
    assert.equal(exported.json.rows, 4);
  }
  const lines = (await readFile(join(folder, 'all.jsonl'), 'utf8')).trim().split('\n');
  const exported = lines.map((line) => JSON.parse(line) as { id: string; key: string });
  assert.deepEqual(exported.map(({ id }) => id).sort(), ['empty-0', 'empty-1', 'empty-2', 'undated']);
  const listed = (await call<DeadLetters>('dlq', '--json')).json.deadLetters;
  assert.deepEqual(
    exported.map(({ key }) => key).sort(),
    listed.map(({ key }) => key).sort(),
    'the key is the one that list shows',
  );
  assert.equal((await run('dlq', 'export', 'all.csv')).code, 73);
  assert.equal((await call('dlq', 'export', 'all.xlsx')).code, 64);
});

test("retry makes the chunks again: what today's config can process is resolved, the rest stays", async (t) => {
  const { lake, run, call, configure } = await project(t, DATA, { source: { maxTextLength: 200 } });
  const first = await call(...MAP);
  const { dead_letters } = await assertAddsUp(first, lake);
  const tooLong = dead_letters.filter((row) => row._code === 'text_too_long').length;
  assert.ok(tooLong > 0, 'some texts are longer than the limit');

  const none = await call<RetryResult>('dlq', 'retry', '--reason', 'no_such_reason', '--json');
  assert.deepEqual([none.code, none.json.tried, none.json.run], [0, 0, undefined]);
  const inVain = await call<RetryResult>('dlq', 'retry', '--reason', 'text_too_long', '--json');
  assert.equal(inVain.code, 0, inVain.stderr);
  assert.deepEqual([inVain.json.tried, inVain.json.resolved, inVain.json.open], [tooLong, 0, tooLong]);
  assert.equal(inVain.json.run!.embedded, 0, 'nothing is embedded twice');

  await configure({ source: { maxTextLength: 1_000_000 } });
  const mended = await run<RetryResult>('dlq', 'retry', '--reason', 'text_too_long', '--json');
  assert.equal(mended.code, 0, mended.stderr);
  const left = (await call<DeadLetters>('dlq', '--json')).json;
  assert.deepEqual(Object.keys(left.reasons).sort(), ['empty_text', 'null_cursor']);
  assert.deepEqual([mended.json.resolved, mended.json.open], [tooLong, 0]);
});

test('what was dropped is listed, exported, counted and retried no more, also after a replay', async (t) => {
  const configure = (max: number) => ({ acceptance: { deadLetterRate: { max } } });
  const { call } = await project(t, DATA, configure(0.1));
  const first = await call(...MAP);
  assert.equal(first.code, 65, 'four dead letters of 24 rows are over the limit');
  assert.match(first.json.unmet[0]!, /^deadLetterRate: 4 of 24 rows .* 16\.7 %; at most 10 %/);
  assert.match(first.stderr, /not promoted: deadLetterRate/);
  const { json } = await call<DeadLetters>('dlq', '--json');
  assert.equal(json.total, 4, 'nothing is promoted, and they can be looked at all the same');

  const kept = await (await mapped()).copy(t);
  const none = await kept.call('dlq', 'drop');
  assert.equal(none.code, 64);
  const dropped = await kept.call<{ dropped: number }>('dlq', 'drop', '--reason', 'empty_text', '--json');
  assert.equal(dropped.json.dropped, 3);
  const left = (await kept.call<DeadLetters>('dlq', '--json')).json;
  assert.deepEqual(left.reasons, { null_cursor: 1 });
  assert.equal((await kept.call<DeadLetters>('dlq', 'list', '--dropped', '--json')).json.total, 4);
  const exported = await kept.call<{ rows: number }>('dlq', 'export', 'left.csv', '--json');
  assert.equal(exported.json.rows, 1);

  await kept.configure(configure(0.1));
  const again = await kept.call(...MAP, '--force');
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(again.json.unmet, []);
  assert.deepEqual((await kept.call<DeadLetters>('dlq', '--json')).json.reasons, { null_cursor: 1 });
  const byKey = await kept.call<{ dropped: number }>('dlq', 'drop', left.deadLetters[0]!.key, '--json');
  assert.equal(byKey.json.dropped, 1);
  assert.equal((await kept.call<DeadLetters>('dlq', '--json')).json.total, 0);
});

test('retry does not empty a chunk that has left the source', async (t) => {
  const config = { chunk: { by: 'product' } };
  const { call, write, lake } = await project(t, DATA, config);
  await call(...MAP);
  const before = (await readBuild(lake)).records.length;
  const product = EMPTY[0]!.product;
  await write('data.csv', toCsv(GOOD.filter((row) => row.product !== product)));
  const retried = await call<RetryResult>('dlq', 'retry', '--reason', 'empty_text', '--json');
  assert.ok(retried.json.open > 0, retried.stderr);
  assert.equal((await readBuild(lake)).records.length, before);
});

test('a limit that is lowered is looked at though nothing is due', async (t) => {
  const configure = (max: number) => ({ acceptance: { deadLetterRate: { max } } });
  const made = await (await mapped()).copy(t);
  await made.configure(configure(0.1));
  const again = await made.call(...MAP);
  assert.deepEqual([again.code, again.json.chunks.done, again.json.unmet.length], [65, 0, 1]);
  assert.equal((await made.call('dlq', 'retry', '--reason', 'empty_text')).code, 65);
});
