/** Processes of a run on Spark killed while texts are embedded: after the next run the tables are those of a run in peace. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SparkConnect, sparkConnect } from '../../../../engines/spark-connect.ts';
import { ended, start } from '../cli.ts';
import { complaints, toCsv } from '../complaints.ts';
import { type Project, project } from '../project.ts';
import { assertConsistent, assertSameLake } from '../same-lake.ts';
import { embeddingWorkers, untilIdle, whileEmbedding } from '../spark-workers.ts';

// A task is tried again, as on a cluster.
const CONF = { 'spark.master': 'local[2,4]' };
const first = await sparkConnect(CONF);
const skip = first.ok ? false : first.reason;
let server = first.ok ? (first as SparkConnect) : undefined;
after(async () => server?.stop());

const DATA = toCsv(complaints(150));
const CONFIG = { embed: { model: 'minilm' }, chunk: { by: 'date_received', every: '1M' } };
let peaceful: Project;

before(async (t) => {
  if (skip) return;
  peaceful = await project(t as TestContext, DATA, CONFIG);
  assert.equal((await peaceful.run('run', '--only', 'map', '--json')).code, 0);
});

async function underWay(t: TestContext) {
  const made = await project(t, DATA, { ...CONFIG, engine: { spark: server!.url, taskTexts: 100 } });
  // Those of killed runs may still be there, idle.
  const before = await embeddingWorkers(server!.folder);
  const child = start(['run', '--only', 'map', '--json'], { cwd: made.folder });
  const result = ended(child);
  const workers = await whileEmbedding(server!.folder, before);
  assert.ok(workers.length > 0, 'killed in the middle');
  return { made, child, result, workers };
}

async function goesOn(made: Project): Promise<void> {
  const last = await made.run('run', '--only', 'map', '--json');
  assert.equal(last.code, 0, last.stderr);
  await assertSameLake(made, peaceful);
  await assertConsistent(made);
}

test('a worker that is killed is started again by Spark', { skip }, async (t) => {
  const { made, result, workers } = await underWay(t);
  process.kill(workers[0]!, 'SIGKILL');
  const { code, stderr } = await result;
  assert.equal(code, 0, stderr);
  await assertSameLake(made, peaceful);
});

test('Ctrl-C ends the job on the cluster, and the next run goes on', { skip }, async (t) => {
  const { made, child, result } = await underWay(t);
  child.kill('SIGINT');
  const { code, stderr } = await result;
  assert.equal(code, 75, stderr);
  await untilIdle(server!.folder);
  await goesOn(made);
});

test('the client is killed: its claims are taken over at once', { skip }, async (t) => {
  const { made, child, result } = await underWay(t);
  child.kill('SIGKILL');
  await result;
  await goesOn(made);
});

test('the Connect server is killed: the run says so, and goes on with another', { skip }, async (t) => {
  const { made, result } = await underWay(t);
  const { pid, port, stop } = server!;
  process.kill(pid, 'SIGKILL');
  await stop();
  const again = await sparkConnect({ ...CONF, 'spark.connect.grpc.binding.port': String(port) });
  assert.ok(again.ok);
  server = again;
  const { code, json, stderr } = await result;
  assert.equal(code, 75, stderr);
  assert.equal(json.error.code, 'spark_session_lost');
  await goesOn(made);
});

test('a worker that dies of every attempt is reported in its own words', { skip }, async (t) => {
  const made = await project(t, DATA, { ...CONFIG, engine: { spark: server!.url }, retry: { attempts: 1 } });
  const run = ended(start(['run', '--only', 'map', '--json'], { cwd: made.folder }));
  const killing = new AbortController();
  const killer = killWorkers(server!.folder, killing.signal);
  const { code, json } = await run;
  killing.abort();
  await killer;
  assert.equal(code, 69);
  // So many chunks fail one after the other that the run ends.
  assert.match(json.error.message, /^the mapper ended on an executor with 137/);
});

async function killWorkers(folder: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const pid of await embeddingWorkers(folder)) process.kill(pid, 'SIGKILL');
    await sleep(100);
  }
}
