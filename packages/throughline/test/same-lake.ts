/** Two lakes of the same source hold the same rows, vectors bit by bit, however often the runs were killed. */
import assert from 'node:assert/strict';
import { readJson } from '../src/lake/json-file.ts';
import type { Current } from '../src/lake/lake.ts';
import { lakePath } from '../src/lake/lake-path.ts';
import type { Plan } from '../src/run/plan.ts';
import type { LakeStatus } from '../src/run/status.ts';
import { deltalake, skip } from './deltalake.ts';
import type { Project } from './project.ts';
import { type Row, readTable } from './tables.ts';

/** Which attempt wrote a row, and when, is the only thing that may differ. */
const OF_THE_ATTEMPT = ['_attempt', '_run', '_seen', 'first_seen'];

/** Folders of the promoted tables, by name. */
export async function promotedTables(lake: string): Promise<Record<string, string>> {
  const { build, themes } = (await readJson<Current>(lakePath(lake, 'current.json')))!;
  const tables = Object.fromEntries(
    ['records', 'passages', 'dead_letters'].map((name) => [name, lakePath(lake, 'builds', build!, name)]),
  );
  if (themes === undefined) return tables;
  return {
    ...tables,
    themes: lakePath(lake, 'themes', themes),
    assignments: lakePath(lake, 'assignments', themes),
  };
}

/** Compared by packages/delta, and by Python's deltalake where it is there. Theme tables are of equal versions. */
export async function assertSameLake(left: Project, right: Project): Promise<void> {
  const [ours, theirs] = [await promotedTables(left.lake), await promotedTables(right.lake)];
  assert.deepEqual(Object.keys(ours), Object.keys(theirs));
  for (const [name, folder] of Object.entries(ours)) {
    const [mine, other] = [await comparable(folder), await comparable(theirs[name]!)];
    assert.equal(mine.length, other.length, `${name}: as many rows`);
    assert.deepEqual(mine, other, name);
  }
  if (skip) return;
  const folders = [...Object.values(ours), ...Object.values(theirs)];
  const digests = await deltalake<unknown[]>('digest', OF_THE_ATTEMPT.join(','), ...folders);
  const [mine, other] = [digests.slice(0, folders.length / 2), digests.slice(folders.length / 2)];
  assert.deepEqual(mine, other, 'in deltalake');
}

/** Rows as texts in one order, without what only names the attempt. */
export async function comparable(folder: string): Promise<string[]> {
  const plain = (name: string, value: unknown) => {
    if (OF_THE_ATTEMPT.includes(name)) return undefined;
    if (value instanceof Float32Array)
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex');
    return typeof value === 'bigint' ? String(value) : value;
  };
  const rows = await readTable(folder);
  return rows.map((row: Row) => JSON.stringify(row, plain)).sort();
}

/** Every chunk is done and none is due; no vector was kept twice. */
export async function assertConsistent(project: Project): Promise<void> {
  await assertDone(project);
  const vectors = (await project.call<{ path: string }>('lake', 'path', 'vectors', '--json')).json.path;
  const hashes = (await readTable(vectors)).map((row) => row._hash);
  assert.equal(new Set(hashes).size, hashes.length, 'a vector that was kept is never computed again');
}

/** Every chunk is done and none is due, and status counts what the tables hold. */
export async function assertDone({ lake, call }: Project): Promise<void> {
  const status = await call<LakeStatus>('status', '--json');
  const { done, ...others } = status.json.states;
  assert.deepEqual(others, { running: 0, failed: 0, abandoned: 0 });
  const plan = await call<Plan>('plan', '--json');
  assert.equal(plan.json.due.chunks, 0);
  assert.equal(done, plan.json.chunks.length);
  const tables = await promotedTables(lake);
  const { records, passages, deadLetters } = status.json.counts;
  for (const [name, count] of Object.entries({ records, passages, dead_letters: deadLetters }))
    assert.equal((await readTable(tables[name]!)).length, count, `status counts the rows of ${name}`);
}
