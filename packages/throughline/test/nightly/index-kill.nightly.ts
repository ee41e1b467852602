/** SIGKILL at random moments of making, verifying and promoting an index, while others search: nobody fails, and nobody sees two versions at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { existingLake } from '../../src/lake/lake.ts';
import { openSearcher } from '../../src/search/index.ts';
import { ended, start } from '../cli.ts';
import { type Complaint, complaints, toCsv } from '../complaints.ts';
import { random } from '../kill.ts';
import { type Project, project } from '../project.ts';

const KILLS = 50;
/** Nobody goes back: a version goes as soon as it may. */
const CONFIG = { chunk: { by: 'date_received', every: '1M' }, index: { keep: 1 } };
/** Searching takes the runs' time: of so many times that of a run in peace, about half of them are killed. */
const SLOWED = 3;

/** Row `n` of those that are added one by one; all of them stand in the last month. */
function added(n: number, like: Complaint): Complaint {
  return { ...like, complaint_id: `new-${n}`, narrative: `The zeppelin number ${n} landed in my account.` };
}

test('an index that is killed again and again serves all the while', async (t) => {
  const rows = complaints(400);
  const made = await project(t, toCsv(rows), CONFIG);
  assert.equal((await made.run('run', '--json')).code, 0);
  const started = performance.now();
  const all = [...rows, added(1, rows[0]!)];
  await made.write('data.csv', toCsv(all));
  assert.equal((await made.run('run', '--json')).code, 0);
  const wholeMs = performance.now() - started;

  const stop = new AbortController();
  const searching = Promise.all([1, 2].map(() => searchAllTheWhile(made, stop.signal)));
  const chance = random(20260101);
  let [killed, n] = [0, 1];
  while (killed < KILLS) {
    n++;
    all.push(added(n, rows[0]!));
    // Now and then so much changes that a whole index is built.
    if (n % 10 === 0) for (const row of all.slice(0, 200)) row.narrative += ` Again, ${n}.`;
    await made.write('data.csv', toCsv(all));
    const running = start(['run', '--json'], { cwd: made.folder });
    const done = ended(running);
    await Promise.race([done, sleep(chance() * wholeMs * SLOWED)]);
    if (running.exitCode === null) {
      running.kill('SIGKILL');
      killed++;
    }
    const { code, signal, stderr } = await done;
    if (signal === null) assert.equal(code, 0, stderr);
  }
  stop.abort();
  const seen = await searching;
  const searches = seen.reduce((sum, one) => sum + one.searches, 0);
  const generations = new Set(seen.flatMap((one) => [...one.generations]));
  t.diagnostic(
    `${killed} kills of ${n - 1} runs, ${searches} searches, ${generations.size} generations seen`,
  );
  assert.ok(searches > KILLS && generations.size > KILLS / 5);

  const last = await made.run('run', '--json');
  assert.equal(last.code, 0, last.stderr);
  assert.equal(await generationOf(made), n);
  const verified = await made.run<{ faults: string[] }>('index', 'verify', '--json');
  assert.deepEqual([verified.code, verified.json.faults], [0, []]);
});

async function searchAllTheWhile(made: Project, signal: AbortSignal) {
  const generations = new Set<number>();
  let searches = 0;
  while (!signal.aborted) {
    const generation = await generationOf(made);
    assert.ok(generation >= Math.max(0, ...generations), 'nobody sees an older version than before');
    generations.add(generation);
    searches++;
  }
  return { searches, generations };
}

/** How many of the added rows the promoted index has: all up to a number, or it is of two versions. */
async function generationOf({ lake }: Project): Promise<number> {
  await using searcher = await openSearcher(await existingLake(lake));
  const { hits } = await searcher.search({ query: 'zeppelin', mode: 'keyword', limit: 200 });
  const numbers = hits.map(({ recordId }) => Number(recordId.replace('new-', ''))).sort((a, b) => a - b);
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => i + 1),
  );
  assert.ok((await searcher.search({ query: 'account', limit: 5 })).hits.length === 5);
  return numbers.length;
}
