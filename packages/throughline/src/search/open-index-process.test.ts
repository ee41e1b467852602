import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { streamLake, upsert } from '../follow/testing/stream-lake.ts';
import type { BuildRequest } from './build-collection.ts';
import { openIndexProcess } from './open-index-process.ts';

const never = () => new AbortController().signal;

/** A request to build an index of one passage, each time in another folder. */
async function buildRequests(t: TestContext): Promise<() => Promise<BuildRequest>> {
  const stream = await streamLake();
  t.after(() => stream[Symbol.asyncDispose]());
  await using publisher = await stream.openPublisher();
  const changes = [upsert('a', '2024-01-01', 'They charged a fee twice')];
  await publisher.publish({ stream: 's/0', after: null, to: 1, changes });
  const { root, version } = stream.build.tables.passages;
  return async () => {
    const target = await mkdtemp(join(tmpdir(), 'throughline-index-process-'));
    t.after(() => rm(target, { recursive: true, force: true }));
    return {
      ...{ passagesRoot: root, passagesVersion: version, store: 'zvec', version: 'v', pipeline: 'p' },
      ...{ root: stream.lake.root, target, dimension: 8, attributes: stream.build.info.mapping.attributes },
    };
  };
}

/** The processes that this one has started; `ps` itself is none of them. */
async function children(): Promise<number[]> {
  const listed = promisify(execFile)('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)]);
  const { stdout } = await listed.catch(() => ({ stdout: '' }));
  const lines = stdout.split('\n').filter((line) => line.includes('index-process'));
  return lines.map((line) => Number.parseInt(line, 10));
}

test('one process takes one request after another, also after one that failed, and ends when it is closed', async (t) => {
  const request = await buildRequests(t);
  const indexing = openIndexProcess(never());
  const told: number[] = [];
  assert.deepEqual(await indexing.build(await request(), (passages) => told.push(passages)), {
    passages: 1,
    kept: {},
  });
  assert.deepEqual(told, [1]);
  const [pid] = await children();
  const gone = { ...(await request()), passagesRoot: '/no/such/table' };
  await assert.rejects(indexing.build(gone), /the index could not be built: .*no\/such\/table/);
  assert.equal((await indexing.build(await request())).passages, 1);
  assert.deepEqual(await children(), [pid]);
  await indexing[Symbol.asyncDispose]();
  assert.deepEqual(await children(), []);
  await openIndexProcess(never())[Symbol.asyncDispose]();
});

test('one that was killed between two requests is followed by another; killed in one it says so', async (t) => {
  const request = await buildRequests(t);
  await using indexing = openIndexProcess(never());
  await indexing.build(await request());
  const [first] = await children();
  process.kill(first!, 'SIGKILL');
  // A request that comes before its end is known is told of it.
  await sleep(500);
  assert.equal((await indexing.build(await request())).passages, 1);
  const [second] = await children();
  const killed = indexing.build(await request());
  process.kill(second!, 'SIGKILL');
  await assert.rejects(killed, /the index could not be built: its process ended with SIGKILL/);
});

test('what a large build leaves in memory ends with its process', async (t) => {
  const request = await buildRequests(t);
  await using indexing = openIndexProcess(never(), 0);
  await indexing.build(await request());
  assert.deepEqual(await children(), []);
  assert.equal((await indexing.build(await request())).passages, 1, 'there is another for the next request');
});

test('the signal ends it, and what was asked rejects with the reason', async (t) => {
  const request = await buildRequests(t);
  const stop = new AbortController();
  await using indexing = openIndexProcess(stop.signal);
  await indexing.build(await request());
  const asked = indexing.build(await request());
  stop.abort(new Error('interrupted'));
  await assert.rejects(asked, /^Error: interrupted$/);
  await assert.rejects(indexing.build(await request()), /^Error: interrupted$/);
  while ((await children()).length > 0) await sleep(10);
});
