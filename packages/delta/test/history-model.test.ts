import assert from 'node:assert/strict';
import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { checkpoint, commit, createTable, openTable, type Snapshot } from '../src/index.ts';
import { commitPath } from '../src/log-name.ts';
import { add, SCHEMA } from './table.ts';

/** What a table is, as simply as it can be said: the part of each file, and the version of each application. */
interface Model {
  files: Map<string, string>;
  txns: Map<string, number>;
  timestamp: number;
}

const part = fc.constantFrom('a', 'b', 'c:1/ü');
const txn = fc.option(fc.record({ appId: fc.constantFrom('x', 'y'), version: fc.nat(4) }), {
  nil: undefined,
});
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      part,
      files: fc.nat(3),
      txn,
      tick: fc.nat(5),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      part,
      files: fc.nat(2),
      txn,
      tick: fc.nat(5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('all' as const), part, files: fc.nat(2), txn, tick: fc.nat(5) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('checkpoint' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
);

test('any history of appends, replaces, txns and checkpoints reads as the model says, at every version and time', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 14 }), checkHistory), { numRuns: 40 });
});

async function checkHistory(steps: readonly Step[]): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'delta-model-'));
  try {
    let snapshot = await createTable(root, { schema: SCHEMA, partitionColumns: ['part'], clock: () => 0 });
    const models: Model[] = [{ files: new Map(), txns: new Map(), timestamp: 0 }];
    let now = 0;
    for (const [index, next] of steps.entries()) {
      if (next.kind === 'checkpoint') await checkpoint(snapshot);
      else if (next.kind === 'reopen') snapshot = await openTable(root);
      else {
        now += next.tick;
        const paths = Array.from({ length: next.files }, (_, file) => `f${index}-${file}`);
        const expected = apply(models.at(-1)!, next, paths, now);
        const result = await commit(snapshot, changeOf(next, paths), {
          clock: () => now,
          checkpointInterval: 5,
        });
        assert.equal(result.committed, expected !== undefined);
        if (expected !== undefined) models.push(expected);
        snapshot = result.snapshot;
        await agree(snapshot, models.at(-1)!, models.length - 1);
      }
    }
    for (const [version, model] of models.entries()) {
      await agree(await openTable(root, { version }), model, version);
      await agree(await openTable(root, { timestamp: model.timestamp }), model, version);
    }
    await checkpoint(snapshot);
    for (const version of models.keys()) await unlink(join(root, commitPath(version)));
    await agree(await openTable(root), { ...models.at(-1)!, timestamp: Number.NaN }, models.length - 1);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Change = Exclude<Step, { kind: 'checkpoint' | 'reopen' }>;

function apply(model: Model, { kind, part, txn }: Change, paths: string[], now: number): Model | undefined {
  if (txn !== undefined && (model.txns.get(txn.appId) ?? -1) >= txn.version) return undefined;
  const kept = [...model.files].filter(([, of]) => kind === 'append' || (kind === 'replace' && of !== part));
  const files = new Map([...kept, ...paths.map((path): [string, string] => [path, part])]);
  const txns = new Map(model.txns);
  if (txn !== undefined) txns.set(txn.appId, txn.version);
  return { files, txns, timestamp: Math.max(now, model.timestamp + 1) };
}

function changeOf({ kind, part, txn }: Change, paths: string[]) {
  const replace = { append: undefined, replace: { partition: { part } }, all: 'all' as const }[kind];
  return {
    operation: 'WRITE',
    add: paths.map((path) => add(path, part)),
    ...(replace === undefined ? {} : { replace }),
    ...(txn === undefined ? {} : { txn }),
  };
}

async function agree(snapshot: Snapshot, model: Model, version: number): Promise<void> {
  assert.equal(snapshot.version, version);
  const files = (await snapshot.files()).map(({ path, partitionValues }) => [path, partitionValues.part]);
  assert.deepEqual(
    files,
    [...model.files].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  assert.deepEqual(new Map(snapshot.txns()), model.txns);
  // Without its commit the time of a version is that of the checkpoint's file.
  if (!Number.isNaN(model.timestamp)) assert.equal(snapshot.timestamp, model.timestamp);
}
