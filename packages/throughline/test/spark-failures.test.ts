/** What goes wrong on Spark: what a user wrote, a row that their SQL cannot process, a source that changes under a run. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect } from '@throughline/spark-connect';
import { sparkConnect } from '../../../engines/spark-connect.ts';
import { loadConfig } from '../src/config/index.ts';
import { openSession } from '../src/engine/spark/cluster.ts';
import { runPipeline } from '../src/run/index.ts';
import { type Project, project } from './project.ts';
import { assertSameLake } from './same-lake.ts';
import { readBuild } from './tables.ts';

const server = await sparkConnect();
after(async () => {
  if (server.ok) await server.stop();
});
const skip = server.ok ? false : server.reason;
const engine = () => ({ spark: server.ok ? server.url : '' });

const HEADER = 'complaint_id,narrative,date_received,product,issue,company,state\n';
const YEARS = [2018, 2019, 2020, 2021, 2022];
const DATA = `${HEADER}${YEARS.map((year, i) => `${i},text ${i},${year}-03-04,${i},i,c,s\n`).join('')}`;

test('a transform that Spark refuses is an error of the config, before rows are read', {
  skip,
}, async (t) => {
  const wrong: [object, RegExp][] = [
    [{ sql: 'SELECT strptime(date_received) FROM input' }, /^throughline.yaml: transform: .*`strptime`/],
    [{ sql: 'SELECT complaint_id FROM input' }, /^throughline.yaml: transform: .*UNRESOLVED_COLUMN/],
    [{ sql: 'SELECT FROM input' }, /^throughline.yaml: transform: /],
    [{ dedupe: 'prodct' }, /^throughline.yaml: transform: no column "prodct" is mapped$/],
  ];
  for (const [step, message] of wrong) {
    const made = await project(t, DATA, { engine: engine(), transform: [step] });
    const { code, json } = await made.run('plan', '--json');
    assert.deepEqual([code, json.error.code], [78, 'config_invalid']);
    assert.match(json.error.message, message);
  }
});

test('a row that SQL cannot process fails its chunk, and no other of its round', { skip }, async (t) => {
  const sql = 'SELECT * EXCEPT (product), CAST(CAST(product AS INT) AS STRING) AS product FROM input';
  const change = { transform: [{ sql }], retry: { attempts: 1 } };
  const data = DATA.replace('2020-03-04,2', '2020-03-04,two');
  const made = await project(t, data, { ...change, engine: engine() });
  const failed = await made.run('run', '--only', 'map', '--json');
  assert.equal(failed.code, 65, failed.stderr);
  assert.deepEqual([failed.json.chunks.done, failed.json.chunks.failed], [4, 1]);
  const [failure] = failed.json.failures;
  assert.deepEqual([failure!.chunk, failure!.code], ['d:2020-01-01', 'transform_failed']);
  assert.match(failure!.message, /^transform: .*'two'.*$/);
  await made.write('data.csv', DATA);
  const mended = await made.run('run', '--only', 'map', '--json');
  assert.deepEqual([mended.code, mended.json.chunks.done], [0, 1]);
  const local = await project(t, DATA, {
    transform: [{ sql: sql.replace('EXCEPT', 'EXCLUDE') }],
  });
  assert.equal((await local.run('run', '--only', 'map', '--json')).code, 0);
  await assertSameLake(made, local);
});

test('chunks that fail one after the other end the run, also where a round has all of them', {
  skip,
}, async (t) => {
  const made = await project(t, DATA, {
    engine: engine(),
    transform: [{ sql: 'SELECT * EXCEPT (product), CAST(1 / 0 AS STRING) AS product FROM input' }],
    retry: { attempts: 1, inARow: 2 },
  });
  const { code, json, stderr } = await made.run('run', '--only', 'map', '--json');
  assert.equal(code, 65, stderr);
  assert.equal(json.error.code, 'transform_failed');
});

/** Runs while `meanwhile` changes the source, after its chunks were listed and before their rows are put aside. */
async function runWhile(made: Project, meanwhile: () => void) {
  const nothing = () => {};
  const reporter = { stage: nothing, planned: meanwhile, rows: nothing, chunk: nothing, warning: nothing };
  return await runPipeline(
    await loadConfig(join(made.folder, 'throughline.yaml')),
    { only: 'map' },
    { clock: Date.now, newId: randomUUID, signal: new AbortController().signal, reporter },
  );
}

test('rows that leave the source while a run reads it, and come back, are not lost', { skip }, async (t) => {
  const full = `${DATA}6,no time,,x,i,c,s\n7,short\n`;
  const made = await project(t, full, { engine: engine() });
  const other = `${HEADER}0,text 0,2018-03-04,0,i,c,s\n8,no time either,,x,i,c,s\n`;
  const source = join(made.folder, 'data.csv');
  await runWhile(made, () => writeFileSync(source, other));
  const during = await readBuild(made.lake);
  assert.deepEqual(
    [during.records, during.dead_letters].map((rows) => rows.map(({ _id }) => _id)),
    [['0'], ['8']],
  );
  writeFileSync(source, full);
  const next = await made.run('run', '--only', 'map', '--json');
  assert.equal(next.code, 0, next.stderr);
  const { records, dead_letters } = await readBuild(made.lake);
  assert.deepEqual(records.map(({ _id }) => _id).sort(), ['0', '1', '2', '3', '4']);
  assert.deepEqual(dead_letters.map(({ _payload }) => String(_payload).slice(0, 7)).sort(), [
    '7,short',
    '{"compl',
  ]);
});

test('a source that never stops growing does not keep a second build from being promoted', {
  skip,
}, async (t) => {
  const made = await project(t, DATA, { engine: engine() });
  const source = join(made.folder, 'data.csv');
  const grow = (id: string) => () => appendFileSync(source, `${id},one more,2018-03-04,0,i,c,s\n`);
  await runWhile(made, grow('a'));
  await made.configure({ engine: engine(), split: { maxTokens: 64 } });
  await runWhile(made, grow('b'));
  const { records } = await readBuild(made.lake);
  assert.deepEqual(records.map(({ _id }) => _id).sort(), ['0', '1', '2', '3', '4', 'a', 'b']);
});

test('a session that is lost between two queries is told as one that is lost in a query', {
  skip,
}, async () => {
  await using opened = await openSession(engine().spark, {});
  const same = await connect(engine().spark, { sessionId: opened.session.id });
  await same.close();
  const lost = { code: 'spark_session_lost', exitCode: 75 };
  await assert.rejects(opened.set({ 'spark.sql.shuffle.partitions': '1' }), lost);
  await assert.rejects(opened.schema('SELECT 1'), lost);
});
