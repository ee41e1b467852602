import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../packages/spark-connect/src/index.ts';
import { nightly } from './nightly.ts';
import { spark } from './spark.ts';

const engine = await spark();
const skip = engine.ok ? false : engine.reason;

test('the cluster runs a query on two executors, and leaves no process when it is interrupted', {
  skip: skip || nightly,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'spark-cluster-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const main = spawn(process.execPath, [join(import.meta.dirname, 'spark-cluster.ts'), '--logs', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(main, 'exit');
  t.after(() => main.kill());
  const [url] = (await Promise.race([
    once(createInterface({ input: main.stdout }), 'line'),
    ended.then(() => assert.fail('it ended before it was ready')),
  ])) as [string];
  assert.match(url, /^sc:\/\/127\.0\.0\.1:\d+$/);

  const session = await connect(url);
  // An executor's working folder is named after it; both get a task as soon as both are there.
  const query = `SELECT TRANSFORM(id) USING 'sh -c "cat >/dev/null; sleep 1; pwd"' AS (folder STRING)
    FROM range(0, 4, 1, 4)`;
  const seen = new Set<unknown>();
  for (let i = 0; i < 20 && seen.size < 2; i++) {
    for await (const { folder } of session.sql(query).rows()) seen.add(folder);
  }
  assert.equal(seen.size, 2, [...seen].join());
  const path = join(folder, 'table');
  await session.sql('SELECT id FROM range(10)').write({ format: 'delta', path });
  for await (const { n } of session.sql(`SELECT count(*) AS n FROM delta.\`${path}\``).rows())
    assert.equal(n, 10n);
  await session.close();

  const processes = await processesWith(folder);
  // Ours, the master, two workers, the server.
  assert.ok(processes.length >= 5, `${processes.length} processes`);
  main.kill('SIGINT');
  assert.deepEqual(await ended, [0, null]);
  for (let i = 0; i < 100 && (await processesWith(folder)).length > 0; i++) await sleep(100);
  assert.deepEqual(await processesWith(folder), []);
});

/** Processes whose command line names the folder: all of a cluster do. */
async function processesWith(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, i) => texts[i]!.includes(folder));
}
