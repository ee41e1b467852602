/** The same pipeline on both engines: equal tables, bit by bit, and each goes on where the other ended. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Plan } from '../src/run/plan.ts';
import { type ConfigChange, type Project, project } from './project.ts';
import { assertSameLake } from './same-lake.ts';

export interface Case {
  data: string | ((made: Project) => Promise<void>);
  change?: ConfigChange;
  /** Of every run. */
  args?: string[];
  /** Whether `plan`, too, says the same. */
  planned?: boolean;
  /** Dead letters that both engines have, but whose place in the file one of them does not know. */
  unlikeDead?: boolean;
}

/** Runs the case on both engines; gives the project of Spark, and what the local run said. */
export async function bothEngines(
  t: TestContext,
  url: string,
  { data, change = {}, args = [], planned, unlikeDead }: Case,
) {
  const made = async (engine: unknown) => {
    const one = await project(t, typeof data === 'string' ? data : undefined, { ...change, engine });
    if (typeof data !== 'string') await data(one);
    return one;
  };
  const [local, spark] = [await made('local'), await made({ spark: url })];
  const run = ['run', '--only', 'map', '--json', ...args];
  if (planned) assert.deepEqual(await planOf(spark, args), await planOf(local, args));
  const [ours, theirs] = [await local.call(...run), await spark.call(...run)];
  assert.equal(ours.code, 0, ours.stderr);
  assert.equal(theirs.code, 0, theirs.stderr);
  const counts = ({
    runId: _id,
    build: _build,
    seconds: _seconds,
    embedSeconds: _embedSeconds,
    // Nothing is estimated on a cluster.
    planned: _planned,
    tables: _tables,
    ...rest
  }: typeof ours.json) => rest;
  assert.deepEqual(counts(theirs.json), counts(ours.json));
  if (!unlikeDead) await assertSameLake(spark, local);
  // The other engine finds nothing to do.
  await spark.configure({ ...change, engine: 'local' });
  const again = await spark.call('plan', '--json', ...args);
  if (!unlikeDead) assert.equal((again.json as unknown as Plan).due.chunks, 0, 'digests are equal');
  return { spark, ours: ours.json };
}

async function planOf({ call }: Project, args: readonly string[]) {
  const { json, stderr } = await call<Plan>('plan', '--json', ...args);
  assert.ok(json, stderr);
  const { estimate: _estimate, languages: _languages, ...plan } = json;
  return plan;
}
