/** A Delta table that is followed, and what may still be asked of it; a stream, and what may not. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { addColumns, commit, createTable, field, openTable, struct, writeParquet } from '@throughline/delta';
import type { Alert } from '../src/alert/alert.ts';
import { readJson } from '../src/lake/json-file.ts';
import { startFollower } from './follower.ts';
import { project } from './project.ts';
import { receiver } from './receiver.ts';

const SCHEMA = struct(['id', 'body', 'day'].map((name) => field(name, 'string')));
const SOURCE = { type: 'delta', path: 'table', id: 'id', text: 'body', timestamp: 'day', attributes: [] };
const CHUNK = { by: 'day', every: '1d' };

async function append(root: string, rows: readonly (readonly [string, string, string])[]): Promise<void> {
  const table = await openTable(root);
  const columns = Object.fromEntries(
    ['id', 'body', 'day'].map((name, i) => [name, rows.map((row) => row[i]!)]),
  );
  const place = { root, schema: SCHEMA, partitionColumns: [], partition: {} };
  await commit(table, {
    operation: 'WRITE',
    add: await writeParquet(place, [{ rows: rows.length, columns }]),
  });
}

test('a followed table is read by its changes, or anew as a whole, and not chunk by chunk', async (t) => {
  const { url, news } = await receiver(t);
  const made = await project(t, undefined, {
    ...{ source: SOURCE, chunk: CHUNK, alerts: [{ webhook: url }] },
    ...{ quality: [{ check: 'schema', added: 'fail' }], follow: { derive: '1s' } },
  });
  const root = join(made.folder, 'table');
  await createTable(root, { schema: SCHEMA });
  await append(root, [
    ['a', 'card lost', '2024-01-01'],
    ['b', 'card found', '2024-01-02'],
  ]);
  assert.equal((await made.call('run', '--chunk', 'd:2024-01-01')).code, 0);
  const early = await made.call('run', '--follow');
  assert.equal(early.code, 64, early.stderr);
  assert.match(early.stderr, /Finish it: throughline run/);
  const whole = await made.call('run', '--json');
  assert.equal(whole.code, 0, whole.stderr);
  const { index } = whole.json;
  assert.ok(index);
  // Followed from there: the stream has a position.
  const follower = startFollower(made);
  await addColumns(await openTable(root), [field('region', 'string')]);
  await append(root, [['c', 'card again', '2024-01-02']]);
  const alerts: Alert[] = [];
  while (alerts.length === 0) {
    assert.equal(follower.child.exitCode, null, follower.told());
    await sleep(100);
    alerts.push(...news().flatMap((one) => one.alerts.filter(({ kind }) => kind === 'quality_failed')));
  }
  follower.child.kill('SIGTERM');
  await follower.ended;
  const served = async () => (await readJson<{ index: string }>(join(made.lake, 'current.json')))!.index;
  assert.equal(await served(), index, 'what is derived is not promoted');
  const { key, happened, command } = alerts[0]!;
  assert.deepEqual([key, command], ['quality_failed/schema', 'throughline run --accept-schema']);
  assert.match(happened, /such as new region/);
  const accepting = startFollower(made, {}, ['--accept-schema']);
  while ((await served()) === index) {
    assert.equal(accepting.child.exitCode, null, accepting.told());
    await sleep(100);
  }
  accepting.child.kill('SIGTERM');
  await accepting.ended;
  for (const args of [
    ['--chunk', 'd:2024-01-01'],
    ['--only', 'map'],
  ]) {
    const { code, stderr } = await made.call('run', ...args);
    assert.equal(code, 64, stderr);
    assert.match(stderr, /throughline run --force/);
  }
  await append(root, [['d', 'card no more', '2024-01-01']]);
  const more = await made.call('run', '--json');
  assert.deepEqual([more.code, more.json.records], [0, 1], more.stderr);
  assert.equal((await made.call('run', '--only', 'index')).code, 0);
  await append(root, [['e', 'card', '2024-01-01']]);
  const anew = await made.call('run', '--force', '--json');
  assert.deepEqual([anew.code, anew.json.records], [0, 5], anew.stderr);
  // The stream goes on where that has read to.
  const after = await made.call('run', '--json');
  assert.deepEqual([after.code, after.json.sourceRows], [0, 0], after.stderr);
  const again = await made.call('run', '--reproduce', 'latest');
  assert.equal(again.code, 64, again.stderr);
  assert.match(again.stderr, /delta:table, whose changes came one by one/);
});

test('a stream refuses what chooses from a source that is read as a whole', async (t) => {
  const source = { type: 'kafka', brokers: 'localhost:1', topic: 't', id: 'kafka_key', text: 'body' };
  const made = await project(t, undefined, {
    source: { ...source, path: undefined, timestamp: 'kafka_timestamp', attributes: [] },
    chunk: { by: 'kafka_timestamp', every: '1d' },
    schedule: { cron: '0 6 * * *', start: '2024-01-01' },
  });
  for (const args of [['--sample', '10'], ['--chunk', 'x'], ['--from', '2024-01-01'], ['--force']]) {
    const { code, stderr } = await made.call('run', ...args);
    assert.equal(code, 64, stderr);
  }
  const airflow = await made.call('airflow');
  assert.equal(airflow.code, 78, airflow.stderr);
});
