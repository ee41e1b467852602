import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { add } from '../test/table.ts';
import type { Action, DeletionVector } from './actions.ts';
import {
  type FileChanges,
  type FileState,
  fileChanges,
  fileKey,
  lazyFiles,
  liveAfter,
  settledFiles,
  tombstonesAfter,
} from './file-state.ts';

const vector = (id: string): DeletionVector => ({
  storageType: 'i',
  pathOrInlineDv: id,
  sizeInBytes: 4,
  cardinality: 1,
});
const file = fc.record({
  path: fc.constantFrom('a', 'b', 'c', 'd'),
  deletionVector: fc.option(fc.constantFrom(vector('x'), vector('y')), { nil: undefined }),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  file.map(({ path, deletionVector }) => ({
    add: { ...add(path), ...(deletionVector && { deletionVector }) },
  })),
  file.map(({ path, deletionVector }) => ({
    remove: { path, dataChange: true, ...(deletionVector && { deletionVector }) },
  })),
);
const step = fc.record({
  actions: fc.array(action, { maxLength: 4 }),
  asked: fc.constantFrom('live', 'tombstones', undefined),
});

const applyChanges = ({ live, tombstones }: FileState, changes: FileChanges): FileState => ({
  live: liveAfter(live, changes),
  tombstones: tombstonesAfter(tombstones, changes),
});
/** Two files of one path, which a valid table never has at once, have no order of their own. */
const liveOf = (live: FileState['live']) => new Map(live.map((file) => [fileKey(file), file]));

test('files that are read late are the files that replaying every commit at once gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 6 }),
      fc.array(step, { maxLength: 8 }),
      async (first, steps) => {
        let eager: FileState = applyChanges({ live: [], tombstones: new Map() }, fileChanges(first));
        const loaded = eager;
        let lazy = settledFiles(loaded);
        for (const { actions, asked } of steps) {
          eager = applyChanges(eager, fileChanges(actions));
          lazy = lazy.after(fileChanges(actions));
          // Either may be asked for without the other.
          if (asked === 'live') assert.deepEqual(liveOf(await lazy.live()), liveOf(eager.live));
          if (asked === 'tombstones') assert.deepEqual(await lazy.tombstones(), eager.tombstones);
        }
        assert.deepEqual(liveOf(await lazy.live()), liveOf(eager.live));
        assert.deepEqual(await lazy.tombstones(), eager.tombstones);
      },
    ),
  );
});

test('a list that could not be read is read again when it is next asked for, and once it was, no more', async () => {
  let reads = 0;
  const live = async () => {
    reads++;
    if (reads === 1) throw new Error('the network is down');
    return [add('a')];
  };
  const lazy = lazyFiles({ live, tombstones: () => assert.fail('nobody asked for what was removed') });
  const later = lazy.after(fileChanges([{ add: add('b') }]));
  await assert.rejects(later.live(), /network/);
  assert.deepEqual(
    (await later.live()).map(({ path }) => path),
    ['a', 'b'],
  );
  assert.deepEqual(
    (await lazy.live()).map(({ path }) => path),
    ['a'],
  );
  assert.equal(reads, 2);
});

test('the same path with another deletion vector is another file', () => {
  const state = { live: [add('a')], tombstones: new Map() };
  const deleted = { ...add('a'), deletionVector: vector('x') };
  const { live, tombstones } = applyChanges(
    state,
    fileChanges([{ remove: { path: 'a', dataChange: true } }, { add: deleted }]),
  );
  assert.deepEqual(live, [deleted]);
  assert.equal(tombstones.size, 1);
});
