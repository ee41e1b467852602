import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { appendEdit, readEditLog } from './edit-log.ts';
import type { EditAction } from './edits.ts';
import { claimNumbers } from './numbers.ts';

async function emptyLake(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'throughline-edits-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return { root, pipeline: { id: 'x', name: 'x' } };
}

test('edits that are made at once are all kept, each with a number of its own', async (t) => {
  const lake = await emptyLake(t);
  assert.deepEqual(await readEditLog(lake), []);
  await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      appendEdit(lake, () => ({ kind: 'hide', theme: `t00${i}` }), { author: `p${i}`, clock: () => i }),
    ),
  );
  const log = await readEditLog(lake);
  assert.deepEqual(
    log.map(({ number }) => number),
    [1, 2, 3, 4, 5, 6],
  );
  assert.deepEqual(log.map(({ author }) => author).sort(), ['p0', 'p1', 'p2', 'p3', 'p4', 'p5']);
});

test('an edit is read as it was written, vectors bit by bit; one that is refused is not kept', async (t) => {
  const lake = await emptyLake(t);
  const centroid = Float32Array.from([0.1, -1 / 3, 1e-30]);
  const actions: EditAction[] = [
    { kind: 'rename', theme: 't001', label: 'a "label" \u2028 with Ünïcödé' },
    { kind: 'split', theme: 't001', modelDigest: 'm', parts: [{ id: 't002', centroid }] },
    {
      ...{ kind: 'pin', theme: 't003', modelDigest: 'm' },
      pinned: { label: 'x', keywords: ['x', 'y'], firstSeen: 1_700_000_000_000_001n, centroid },
    },
  ];
  for (const action of actions) await appendEdit(lake, () => action, { author: 'ann', clock: () => 5 });
  await assert.rejects(
    appendEdit(
      lake,
      () => {
        throw new Error('refused');
      },
      { author: 'ann', clock: () => 5 },
    ),
    /refused/,
  );
  assert.deepEqual(
    await readEditLog(lake),
    actions.map((action, i) => ({ ...action, number: i + 1, author: 'ann', at: 5 })),
  );
});

test('numbers that are claimed at once are all different', async (t) => {
  const lake = await emptyLake(t);
  const firsts = await Promise.all([3, 1, 4, 1, 5].map((count, i) => claimNumbers(lake, count, `fit ${i}`)));
  const given = firsts.flatMap((first, i) =>
    Array.from({ length: [3, 1, 4, 1, 5][i]! }, (_, n) => first + n),
  );
  assert.deepEqual(
    given.sort((a, b) => a - b),
    Array.from({ length: 14 }, (_, i) => i + 1),
  );
  assert.equal(await claimNumbers(lake, 4, 'fit 2'), firsts[2]);
});
