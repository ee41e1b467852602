/** The demo's complaints on a cluster of two executors, one of which is killed: equal to the local engine by three measures. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sparkCluster } from '../../../../engines/spark-cluster.ts';
import type { Comparison } from '../../src/compare/index.ts';
import { ended, start } from '../cli.ts';
import { complaints, toCsv } from '../complaints.ts';
import { deltalake, skip as withoutPython } from '../deltalake.ts';
import { project } from '../project.ts';
import { assertConsistent, assertSameLake, promotedTables } from '../same-lake.ts';
import { whileEmbedding } from '../spark-workers.ts';

const folder = await mkdtemp(join(tmpdir(), 'spark-nightly-'));
const cluster = await sparkCluster(folder);
const skip = cluster.ok ? false : cluster.reason;

test('complaints on a cluster, with an executor killed in the middle', { skip }, async (t) => {
  assert.ok(cluster.ok);
  t.after(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const data = toCsv(complaints(1_800));
  const config = { embed: { model: 'minilm' }, chunk: { by: 'date_received', every: '1M' } };
  const local = await project(t, data, config);
  const spark = await project(t, data, { ...config, engine: { spark: cluster.url, taskTexts: 400 } });
  assert.equal((await local.run('run', '--only', 'map', '--json')).code, 0);

  const run = ended(start(['run', '--only', 'map', '--json'], { cwd: spark.folder }));
  await whileEmbedding(folder, []);
  const executors = await executorsBelow(folder);
  assert.equal(executors.length, 2);
  process.kill(executors[0]!, 'SIGKILL');
  const { code, stderr } = await run;
  assert.equal(code, 0, stderr);

  await assertSameLake(spark, local);
  await assertConsistent(spark);
  const judged = await spark.run<Comparison>('compare', local.lake, spark.lake, '--json');
  assert.equal(judged.code, 0, judged.stderr);
  const { missing, extra, changed, minCosine } = judged.json;
  t.diagnostic(`throughline compare: ${JSON.stringify({ missing, extra, changed, minCosine })}`);
  assert.deepEqual([missing, extra, changed], [0, 0, 0]);
  assert.ok(minCosine! >= 0.99999);
  if (withoutPython) return;
  const [ours, theirs] = [await promotedTables(local.lake), await promotedTables(spark.lake)];
  const python = await deltalake<{ missing: number; extra: number; changed: number; minCosine: number }>(
    'compare',
    ours.passages!,
    theirs.passages!,
  );
  t.diagnostic(`deltalake in Python: ${JSON.stringify(python)}`);
  assert.deepEqual([python.missing, python.extra, python.changed], [0, 0, 0]);
  assert.ok(python.minCosine >= 0.99999);
});

async function executorsBelow(place: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found: number[] = [];
  for (const pid of pids) {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (!words.includes('org.apache.spark.executor.CoarseGrainedExecutorBackend')) continue;
    const worksIn = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (worksIn.startsWith(place)) found.push(Number(pid));
  }
  return found;
}
