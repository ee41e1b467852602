/** The kill test: what is promised of two runs at once, killed and halted at random moments. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startFakeApi } from '../../../fake-api/server.ts';
import type { Comparison } from '../src/compare/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { disturb } from './disturb.ts';
import { random } from './kill.ts';
import { type Project, project } from './project.ts';
import { assertDone, assertSameLake } from './same-lake.ts';

export interface KillTest {
  rows: number;
  seed: number;
  /** Disturbances altogether; lakes are made until there were so many. */
  disturbances: number;
  perLake: number;
}

const BATCH = 16;
const LEASE_MS = 2_000;

/** Makes lakes under disturbance until there were enough, each compared with one that was made in peace. */
export async function killTwo(
  t: TestContext,
  { rows, seed, disturbances, perLake }: KillTest,
): Promise<void> {
  const next = random(seed);
  const data = toCsv(complaints(rows));
  const configOf = (url: string) => ({
    chunk: { by: 'date_received', every: '7d' },
    embed: { model: 'openai:fake-embedding', url, dimension: 32, batch: BATCH, limits: { concurrency: 1 } },
    share: { lease: `${LEASE_MS / 1000}s` },
  });
  const peaceful = await startFakeApi({ dimension: 32 });
  const undisturbed = await project(t, data, configOf(peaceful.url));
  const whole = await undisturbed.run('run', '--only', 'map', '--json');
  await peaceful.stop();
  assert.equal(whole.code, 0, whole.stderr);
  assert.ok(whole.json.chunks.done >= 50, `${whole.json.chunks.done} chunks`);

  const total = { kills: 0, halts: 0, starts: 0, paidAgain: 0, lakes: 0 };
  while (total.kills + total.halts < disturbances) {
    const api = await startFakeApi({ dimension: 32, latency: { medianMs: 80, p99Ms: 400 } });
    const made = await project(t, data, configOf(api.url));
    const told = await disturb(made, { next, most: perLake, haltEvery: 10, haltMs: 2 * LEASE_MS });
    const { paidItems } = api.stats();
    const last = await made.run('run', '--only', 'map', '--json');
    assert.equal(last.code, 0, last.stderr);
    assert.equal(api.stats().paidItems, paidItems, 'nothing was left to embed');
    await api.stop();
    const paidAgain = paidItems - whole.json.embedded;
    t.diagnostic(`seed ${seed}: ${told.kills} kills, ${told.halts} halts, ${paidAgain} texts embedded again`);
    // The batch under way, and those that came while the one before it was written: on a slow disk, some.
    assert.ok(paidAgain <= 3 * BATCH * (told.kills + told.halts), `${paidAgain} texts were paid for again`);
    await assertConsistentLake(made, undisturbed);
    for (const name of ['kills', 'halts', 'starts'] as const) total[name] += told[name];
    total.paidAgain += paidAgain;
    total.lakes++;
  }
  t.diagnostic(JSON.stringify(total));
}

/** By our own reader, by Python's deltalake where it is there, and by `throughline compare`. */
async function assertConsistentLake(made: Project, undisturbed: Project): Promise<void> {
  await assertDone(made);
  await assertSameLake(made, undisturbed);
  const judged = await made.run<Comparison>('compare', undisturbed.lake, made.lake, '--json');
  assert.equal(judged.code, 0, judged.stderr);
  const { equal, missing, extra, changed, minCosine } = judged.json;
  assert.deepEqual(
    { equal, missing, extra, changed, minCosine },
    {
      ...{ equal: true, missing: 0, extra: 0, changed: 0, minCosine: 1 },
    },
  );
}
