/** Running again: only what changed is done, nothing is embedded twice, and the tables are those of one run. */
import assert from 'node:assert/strict';
import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { commit, openTable } from '@throughline/delta';
import type { Plan } from '../src/run/plan.ts';
import type { LakeStatus } from '../src/run/status.ts';
import { ended, start } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';
import { publications, untilPublished } from './publications.ts';
import { assertAddsUp, type BuildTables, readBuild } from './tables.ts';

const MAP = ['run', '--only', 'map', '--json'];
const CHUNKS = { chunk: { by: 'date_received', every: '6M' } };
const ROWS = complaints(200);
const DATA = toCsv(ROWS);

async function touch({ folder }: Project): Promise<void> {
  await utimes(join(folder, 'data.csv'), new Date(), new Date());
}

/** Two runs have the same rows, whatever attempts and runs they took. */
function assertSameRows(left: BuildTables, right: BuildTables): void {
  assert.deepEqual(left.records, right.records);
  assert.deepEqual(left.passages, right.passages);
  const reasons = ({ dead_letters }: BuildTables) =>
    dead_letters.map((row) => [row._chunk, row._id, row._code]).sort();
  assert.deepEqual(reasons(left), reasons(right));
}

test('a second run does nothing and says so; with --skip-code it ends with 99', async (t) => {
  const { lake, run } = await project(t, DATA, CHUNKS);
  const first = await run('run', '--json');
  assert.equal(first.code, 0, first.stderr);
  const tables = await assertAddsUp(first, lake);
  const second = await run('run', '--json');
  assert.equal(second.code, 0);
  assert.deepEqual(second.json.chunks, { done: 0, skipped: first.json.chunks.done, failed: 0, left: 0 });
  const { embedded, index, themes } = second.json;
  assert.deepEqual(
    { embedded, index, themes },
    { embedded: 0, index: first.json.index, themes: first.json.themes },
  );
  assert.equal((await run('run', '--skip-code')).code, 99);
  assert.deepEqual(await readBuild(lake), tables);
});

test('a file that was touched is read again, and no chunk runs', async (t) => {
  const made = await project(t, DATA, CHUNKS);
  const first = await made.run(...MAP);
  await touch(made);
  const second = await made.run(...MAP);
  assert.match(second.stderr, /Reading the source/);
  assert.deepEqual(second.json.chunks, { done: 0, skipped: first.json.chunks.done, failed: 0, left: 0 });
  assert.doesNotMatch((await made.run(...MAP)).stderr, /Reading the source/, 'and then it is known again');
});

test('of two changed rows only their chunks run, and only the new texts are embedded', async (t) => {
  const { lake, run, write } = await project(t, DATA, CHUNKS);
  await run(...MAP);
  const before = await readBuild(lake);
  const picked = [7, 120].map((i) => ROWS[i]!.complaint_id);
  const changed = ROWS.map((row) =>
    picked.includes(row.complaint_id)
      ? { ...row, narrative: `${row.narrative} And now it has happened again.` }
      : row,
  );
  await write('data.csv', toCsv(changed));
  const { json } = await run(...MAP);
  const after = await readBuild(lake);
  const known = new Set(before.passages.map((row) => row._hash));
  const fresh = new Set(after.passages.map((row) => row._hash).filter((hash) => !known.has(hash)));
  const chunks = new Set(
    after.records.filter((row) => picked.includes(String(row._id))).map((row) => row._chunk),
  );
  assert.equal(json.chunks.done, chunks.size);
  assert.equal(json.embedded, fresh.size);
  const elsewhere = (tables: BuildTables) => tables.passages.filter((row) => !chunks.has(row._chunk));
  assert.deepEqual(elsewhere(after), elsewhere(before));
});

test('--force publishes every chunk again with equal rows, and embeds nothing', async (t) => {
  const { lake, run } = await project(t, DATA, CHUNKS);
  const first = await run(...MAP);
  const before = await readBuild(lake);
  const second = await run(...MAP, '--force');
  assert.deepEqual([second.json.chunks.done, second.json.embedded], [first.json.chunks.done, 0]);
  assertSameRows(await assertAddsUp(second, lake), before);
});

test('a chunk that left the source is kept and named; --chunk empties it', async (t) => {
  const { lake, run, write } = await project(t, DATA, CHUNKS);
  await run(...MAP);
  const before = await readBuild(lake);
  const chunk = String(before.records[0]!._chunk);
  const gone = new Set(before.records.filter((row) => row._chunk === chunk).map((row) => row._id));

  await write('data.csv', toCsv(ROWS.filter((row) => !gone.has(row.complaint_id))));
  const kept = await run(...MAP);
  assert.deepEqual(kept.json.vanished, [chunk]);
  assert.match(kept.stderr, new RegExp(`no longer in the source and are kept: ${chunk}.*--chunk`));
  assert.ok((await readBuild(lake)).records.some((row) => row._chunk === chunk));
  const emptied = await run(...MAP, '--chunk', chunk);
  assert.equal(emptied.code, 0, emptied.stderr);
  const { records, passages } = await readBuild(lake);
  assert.ok(![...records, ...passages].some((row) => row._chunk === chunk));
  assert.deepEqual((await run(...MAP)).json.vanished, []);
});

test('other attributes make another build, whose vectors are all known', async (t) => {
  const { configure, lake, run } = await project(t, DATA, CHUNKS);
  const first = await run(...MAP);
  await configure({ ...CHUNKS, source: { attributes: ['product', { place: 'state' }] } });
  const second = await run(...MAP);
  assert.notEqual(second.json.build, first.json.build);
  assert.deepEqual([second.json.embedded, second.json.cached], [0, second.json.passages]);
  const { records } = await assertAddsUp(second, lake);
  assert.deepEqual(Object.keys(records[0]!).slice(-2), ['product', 'place']);
  await configure(CHUNKS);
  const third = await run(...MAP);
  assert.deepEqual(
    [third.json.build, third.json.chunks.done],
    [first.json.build, 0],
    'going back costs nothing',
  );
});

test('--sample takes the same rows each time, in a build of their own', async (t) => {
  const [one, two] = [await project(t, DATA, CHUNKS), await project(t, toCsv(ROWS.toReversed()), CHUNKS)];
  const samples = await Promise.all(
    [one, two].map(async ({ lake, run }) => assertAddsUp(await run(...MAP, '--sample', '100'), lake)),
  );
  const ids = samples.map(({ records }) => records.map((row) => row._id).sort());
  assert.equal(ids[0]!.length, 100);
  assert.deepEqual(ids[0], ids[1], 'whatever order they come in');
  const all = await one.run(...MAP);
  assert.equal((await assertAddsUp(all, one.lake)).records.length, 200);
});

test('--from and --to run the windows that begin between them, and the rest later', async (t) => {
  const { lake, run } = await project(t, DATA, CHUNKS);
  const { json } = await run<Plan>('plan', '--json');
  const all = json.chunks.map(({ id }) => id);
  const [from, to] = [all[1]!.slice(2), all[4]!.slice(2)];
  const part = await run(...MAP, '--from', from, '--to', to);
  assert.equal(part.code, 0, part.stderr);
  const chunks = new Set((await readBuild(lake)).records.map((row) => String(row._chunk)));
  assert.deepEqual([...chunks].sort(), all.slice(1, 4));
  const rest = await run(...MAP);
  assert.equal(rest.json.chunks.skipped, 3);
  assert.equal((await readBuild(lake)).records.length, 200);
});

test('an interrupted run ends with 75, keeps what it finished, and the next run completes it', async (t) => {
  const made = await project(t, toCsv(complaints(1_500)), { chunk: { by: 'date_received', every: '3M' } });
  const child = start(MAP, { cwd: made.folder });
  const result = ended(child);
  await untilPublished(made.lake, 1, child);
  child.kill('SIGINT');
  const { code, stderr } = await result;
  assert.equal(code, 75, stderr);
  assert.match(stderr, /finished chunks and vectors are kept/);
  const status = await made.run<LakeStatus>('status', '--json');
  assert.ok(status.json.states.done >= 1);
  const rest = await made.run(...MAP);
  assert.equal(rest.code, 0, rest.stderr);
  assert.ok(rest.json.chunks.skipped >= 1);
  const undisturbed = await project(t, toCsv(complaints(1_500)), {
    chunk: { by: 'date_received', every: '3M' },
  });
  await undisturbed.run(...MAP);
  assertSameRows(await readBuild(made.lake), await readBuild(undisturbed.lake));
});

test('rows and vectors are the same with one thread and with two', async (t) => {
  const tables: BuildTables[] = [];
  for (const threads of [1, 2]) {
    const { lake, run } = await project(t, toCsv(complaints(60)), { embed: { model: 'minilm', threads } });
    tables.push(await assertAddsUp(await run(...MAP), lake));
  }
  assertSameRows(tables[0]!, tables[1]!);
});

test('an attempt that was killed between two tables is made good, also when the source goes back', async (t) => {
  const made = await project(t, DATA, CHUNKS);
  await made.run(...MAP);
  const before = await readBuild(made.lake);
  const chunk = String(before.records[0]!._chunk);
  const { build } = JSON.parse(await readFile(join(made.lake, 'current.json'), 'utf8'));
  const { id: pipelineId } = JSON.parse(await readFile(join(made.lake, 'pipeline.json'), 'utf8'));
  const records = await openTable(join(made.lake, 'builds', build, 'records'));
  // What an attempt of other rows leaves that dies after the records and before the passages.
  const txn = { appId: `${pipelineId}/${build}/records/${chunk}`, version: 2 };
  await commit(records, { operation: 'WRITE', add: [], replace: { partition: { _chunk: chunk } }, txn });
  assert.equal(
    (await readBuild(made.lake)).records.length,
    before.records.filter((row) => row._chunk !== chunk).length,
  );
  await touch(made);
  const ran = await made.run(...MAP);
  assert.deepEqual([ran.code, ran.json.chunks.done], [0, 1], ran.stderr);
  assertSameRows(await readBuild(made.lake), before);
});

test('after an interrupted --force the chunks are done again, not left as failed', async (t) => {
  const made = await project(t, toCsv(complaints(600)), CHUNKS);
  await made.run(...MAP);
  const child = start([...MAP, '--force'], { cwd: made.folder });
  const result = ended(child);
  await untilPublished(made.lake, (await publications(made.lake)) + 2, child);
  child.kill('SIGKILL');
  assert.equal((await result).signal, 'SIGKILL');
  const ran = await made.run(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  const { json } = await made.run<LakeStatus>('status', '--json');
  const { done, ...others } = json.states;
  assert.deepEqual(others, { running: 0, failed: 0, abandoned: 0 });
  assert.equal(json.counts.records, 600);
});
