/** Running again: only what changed is done, nothing is embedded twice, and the tables are those of one run. */
import assert from 'node:assert/strict';
import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { commit, openTable } from '@throughline/delta';
import type { LakeStatus } from '../src/run/status.ts';
import { begun } from './begun.ts';
import { ended, start } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';
import { publications, untilPublished } from './publications.ts';
import { assertAddsUp, type BuildTables, readBuild } from './tables.ts';

const MAP = ['run', '--only', 'map', '--json'];
const CHUNKS = { chunk: { by: 'date_received', every: '6M' } };
const ROWS = complaints(200);
const DATA = toCsv(ROWS);
const mapped = begun(DATA, CHUNKS, MAP);

/** With more and smaller chunks, to be interrupted between them. */
const QUARTERS = { chunk: { by: 'date_received', every: '3M' } };
const MANY = toCsv(complaints(600));
const mappedMany = begun(MANY, QUARTERS, MAP);

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

test('a second run does nothing and says so, also of a file that was touched; with --skip-code it ends with 99', async (t) => {
  const made = await project(t, DATA, CHUNKS);
  const { lake, run } = made;
  const first = await run('run', '--json');
  assert.equal(first.code, 0, first.stderr);
  const tables = await assertAddsUp(first, lake);
  const nothing = { done: 0, skipped: first.json.chunks.done, failed: 0, left: 0 };
  const second = await run('run', '--json');
  assert.equal(second.code, 0);
  assert.doesNotMatch(second.stderr, /Reading the source/);
  assert.deepEqual(second.json.chunks, nothing);
  const { embedded, index, themes } = second.json;
  assert.deepEqual(
    { embedded, index, themes },
    { embedded: 0, index: first.json.index, themes: first.json.themes },
  );
  await touch(made);
  const touched = await run('run', '--json');
  assert.match(touched.stderr, /Reading the source/);
  assert.deepEqual(touched.json.chunks, nothing);
  const third = await run('run', '--skip-code');
  assert.equal(third.code, 99);
  assert.doesNotMatch(third.stderr, /Reading the source/, 'it is known again');
  assert.deepEqual(await readBuild(lake), tables);
});

test('of two changed rows only their chunks run, and only the new texts are embedded', async (t) => {
  const { lake, call, write } = await (await mapped()).copy(t);
  const before = await readBuild(lake);
  const picked = [7, 120].map((i) => ROWS[i]!.complaint_id);
  const changed = ROWS.map((row) =>
    picked.includes(row.complaint_id)
      ? { ...row, narrative: `${row.narrative} And now it has happened again.` }
      : row,
  );
  await write('data.csv', toCsv(changed));
  const { json } = await call(...MAP);
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
  const { first, copy } = await mapped();
  const { lake, call } = await copy(t);
  const before = await readBuild(lake);
  const second = await call(...MAP, '--force');
  assert.deepEqual([second.json.chunks.done, second.json.embedded], [first.json.chunks.done, 0]);
  assertSameRows(await assertAddsUp(second, lake), before);
});

test('a chunk that left the source is kept and named; --chunk empties it', async (t) => {
  const { lake, call, write } = await (await mapped()).copy(t);
  const before = await readBuild(lake);
  const chunk = String(before.records[0]!._chunk);
  const gone = new Set(before.records.filter((row) => row._chunk === chunk).map((row) => row._id));

  await write('data.csv', toCsv(ROWS.filter((row) => !gone.has(row.complaint_id))));
  const kept = await call(...MAP);
  assert.deepEqual(kept.json.vanished, [chunk]);
  assert.match(kept.stderr, new RegExp(`no longer in the source and are kept: ${chunk}.*--chunk`));
  assert.ok((await readBuild(lake)).records.some((row) => row._chunk === chunk));
  const emptied = await call(...MAP, '--chunk', chunk);
  assert.equal(emptied.code, 0, emptied.stderr);
  const { records, passages } = await readBuild(lake);
  assert.ok(![...records, ...passages].some((row) => row._chunk === chunk));
  assert.deepEqual((await call(...MAP)).json.vanished, []);
});

test('other attributes make another build, whose vectors are all known', async (t) => {
  const { first, copy } = await mapped();
  const { configure, lake, call } = await copy(t);
  await configure({ ...CHUNKS, source: { attributes: ['product', { place: 'state' }] } });
  const second = await call(...MAP);
  assert.notEqual(second.json.build, first.json.build);
  assert.deepEqual([second.json.embedded, second.json.cached], [0, second.json.passages]);
  const { records } = await assertAddsUp(second, lake);
  assert.deepEqual(Object.keys(records[0]!).slice(-2), ['product', 'place']);
  await configure(CHUNKS);
  const third = await call(...MAP);
  assert.deepEqual(
    [third.json.build, third.json.chunks.done],
    [first.json.build, 0],
    'going back costs nothing',
  );
});

test('--sample takes the same rows each time, in a build of their own', async (t) => {
  const { first } = await mapped();
  const [one, two] = [await project(t, DATA, CHUNKS), await project(t, toCsv(ROWS.toReversed()), CHUNKS)];
  const samples = await Promise.all(
    [one, two].map(async (made) => {
      const ran = await made.call(...MAP, '--sample', '100');
      assert.notEqual(ran.json.build, first.json.build);
      return assertAddsUp(ran, made.lake);
    }),
  );
  const ids = samples.map(({ records }) => records.map((row) => row._id).sort());
  assert.equal(ids[0]!.length, 100);
  assert.deepEqual(ids[0], ids[1], 'whatever order they come in');
});

test('--from and --to run the windows that begin between them, and the rest later', async (t) => {
  const { records } = await readBuild((await mapped()).made.lake);
  const all = [...new Set(records.map((row) => String(row._chunk)))].sort();
  const { lake, call } = await project(t, DATA, CHUNKS);
  const [from, to] = [all[1]!.slice(2), all[4]!.slice(2)];
  const part = await call(...MAP, '--from', from, '--to', to);
  assert.equal(part.code, 0, part.stderr);
  const chunks = new Set((await readBuild(lake)).records.map((row) => String(row._chunk)));
  assert.deepEqual([...chunks].sort(), all.slice(1, 4));
  const rest = await call(...MAP);
  assert.equal(rest.json.chunks.skipped, 3);
  assert.equal((await readBuild(lake)).records.length, 200);
});

test('an interrupted run ends with 75, keeps what it finished, and the next run completes it', async (t) => {
  const undisturbed = (await mappedMany()).made;
  const made = await project(t, MANY, QUARTERS);
  const child = start(MAP, { cwd: made.folder });
  const result = ended(child);
  await untilPublished(made.lake, 1, child);
  child.kill('SIGINT');
  const { code, stderr } = await result;
  assert.equal(code, 75, stderr);
  assert.match(stderr, /finished chunks and vectors are kept/);
  const status = await made.call<LakeStatus>('status', '--json');
  assert.ok(status.json.states.done >= 1);
  const rest = await made.call(...MAP);
  assert.equal(rest.code, 0, rest.stderr);
  assert.ok(rest.json.chunks.skipped >= 1);
  assertSameRows(await readBuild(made.lake), await readBuild(undisturbed.lake));
});

test('rows and vectors are the same with one thread and with two', async (t) => {
  const tables: BuildTables[] = [];
  for (const threads of [1, 2]) {
    const { lake, call } = await project(t, toCsv(complaints(20)), { embed: { model: 'minilm', threads } });
    tables.push(await assertAddsUp(await call(...MAP), lake));
  }
  assertSameRows(tables[0]!, tables[1]!);
});

test('an attempt that was killed between two tables is made good, also when the source goes back', async (t) => {
  const made = await (await mapped()).copy(t);
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
  const ran = await made.call(...MAP);
  assert.deepEqual([ran.code, ran.json.chunks.done], [0, 1], ran.stderr);
  assertSameRows(await readBuild(made.lake), before);
});

test('after an interrupted --force the chunks are done again, not left as failed', async (t) => {
  const made = await (await mappedMany()).copy(t);
  const child = start([...MAP, '--force'], { cwd: made.folder });
  const result = ended(child);
  await untilPublished(made.lake, (await publications(made.lake)) + 2, child);
  child.kill('SIGKILL');
  assert.equal((await result).signal, 'SIGKILL');
  const ran = await made.call(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  const { json } = await made.call<LakeStatus>('status', '--json');
  const { done, ...others } = json.states;
  assert.deepEqual(others, { running: 0, failed: 0, abandoned: 0 });
  assert.equal(json.counts.records, 600);
});
