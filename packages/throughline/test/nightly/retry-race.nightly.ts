/** A follower and two retries of the same dead letter, each held up in the middle of its commits: whatever the order, the tables agree. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Snapshot } from '@throughline/delta';
import { openChangesAgain } from '../../src/follow/changes-again.ts';
import { type StreamLake, streamLake, upsert } from '../../src/follow/testing/stream-lake.ts';
import type { Build } from '../../src/lake/build.ts';
import type { ChangeFeed } from '../../src/source/change-feed.ts';
import { random } from '../kill.ts';

const ROUNDS = 60;
const DAY = '2024-01-01';
const STREAM = 's/0';
/** How likely it is that the one who went on goes on: most faults need one to do much while another stands still. */
const GOES_ON = 0.8;
/** Who is not at a gate by then waits for what another one holds. */
const AT_GATE_MS = 4_000;

interface Worker {
  /** Set while it waits at a gate. */
  goOn?: (() => void) | undefined;
  isDone: boolean;
}

function gate(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.goOn = () => {
      worker.goOn = undefined;
      resolve();
    };
  });
}

/** The build as a process of its own has it, with a gate wherever a commit has been checked and is about to be made. */
function gated({ build }: StreamLake, worker: Worker): Build {
  const waiting = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    files: () => gate(worker).then(() => snapshot.files()),
  });
  const tables = new Proxy(
    { ...build.tables },
    { set: (all, name, snapshot) => Object.assign(all, { [name]: waiting(snapshot) }) === all },
  );
  return { ...build, tables };
}

async function follows(stream: StreamLake, worker: Worker, text: string): Promise<void> {
  await using publisher = await stream.openPublisher(gated(stream, worker), 'follower');
  const changes = [upsert('b', DAY, text), upsert('d', DAY, 'new')];
  do await gate(worker);
  while (!(await publisher.publish({ stream: STREAM, after: 1, to: 3, changes })).committed);
}

async function retries(stream: StreamLake, worker: Worker, text: string): Promise<void> {
  const build = gated(stream, worker);
  await using publisher = await stream.openPublisher(build, `retry ${text}`);
  await gate(worker);
  const openSource = async (): Promise<ChangeFeed> => ({
    async *batches() {
      yield { stream: STREAM, after: null, to: 9, changes: [upsert('b', DAY, text)] };
    },
    restart() {},
    columns: async () => undefined,
    [Symbol.asyncDispose]: async () => {},
  });
  const { feed, publish } = openChangesAgain({
    ...{ build, pipelineId: 'pipeline', publisher, id: 'id', ids: ['b'], most: 10, openSource },
    ...{ signal: new AbortController().signal, warn: () => {} },
  });
  for await (const batch of feed.batches()) {
    await gate(worker);
    if (!(await publish(batch)).committed) feed.restart(batch.stream);
  }
}

/** Lets one of them go on at a time, from gate to gate. */
async function inTurns(workers: readonly Worker[], next: () => number): Promise<void> {
  let last: Worker | undefined;
  while (workers.some(({ isDone }) => !isDone)) {
    const until = performance.now() + AT_GATE_MS;
    while (workers.some(({ isDone, goOn }) => !isDone && !goOn) && performance.now() < until) await sleep(1);
    const ready = workers.filter(({ goOn }) => goOn);
    if (!last?.goOn || next() > GOES_ON) last = ready[Math.floor(next() * ready.length)];
    last?.goOn?.();
  }
}

test('whoever publishes a record of a stream at the same time, all tables have the same of it', async (t) => {
  const seed = Number(process.env.THROUGHLINE_SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`seed ${seed}`);
  const next = random(seed);
  for (let round = 0; round < ROUNDS; round++) {
    await using stream = await streamLake();
    await using publisher = await stream.openPublisher();
    const changes = [upsert('a', DAY, 'one'), upsert('b', DAY, '')];
    await publisher.publish({ stream: STREAM, after: null, to: 1, changes });
    // What a follower finds, or one retry, may be dead once more.
    const isNewer = next() < 0.5;
    const works = [
      (worker: Worker) => follows(stream, worker, isNewer ? 'newer' : ''),
      (worker: Worker) => retries(stream, worker, 'mended'),
      (worker: Worker) => retries(stream, worker, next() < 0.3 ? '' : 'mended too'),
    ].slice(next() < 0.3 ? 1 : 0);
    const workers = works.map((): Worker => ({ isDone: false }));
    const done = works.map((work, i) =>
      work(workers[i]!).finally(() => {
        workers[i]!.isDone = true;
      }),
    );
    await Promise.all([...done, inTurns(workers, next)]);
    const at = `round ${round} of seed ${seed}`;
    const [records, passages] = await Promise.all(
      (['records', 'passages'] as const).map(async (table) =>
        (await stream.rows(table, ['_id', '_text'])).map(([id, text]) => `${id}: ${text}`).sort(),
      ),
    );
    assert.deepEqual(records, passages, at);
    const isDead = (await stream.rows('dead_letters', ['_id'])).length > 0;
    const published = records!.filter((row) => row.startsWith('b: '));
    assert.equal(published.length, isDead ? 0 : 1, at);
    if (works.length === 3 && isNewer) assert.deepEqual(published, ['b: newer'], at);
  }
});
