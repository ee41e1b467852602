/** Runs that copy a source beside its stream: which of them are to be given once more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { streamLake } from '../follow/testing/stream-lake.ts';
import { beginCopy, openCopies } from '../lake/copies.ts';
import { committedPosition } from '../lake/stream-commit.ts';
import { copying } from './copying.ts';
import { moveTo } from './mark-copied.ts';

async function begun() {
  const stream = await streamLake();
  const { lake, build } = stream;
  const alive = new Set(['me']);
  const leases = { leaseMs: 1, holds: async (owner: string) => alive.has(owner) };
  const copies = openCopies(lake, build, leases);
  const copyOf = (run: string, canReread: boolean, position = 20) =>
    copying(
      lake,
      build,
      { stream: 's', position, canReread },
      { ...{ owner: 'me', run, leases }, clock: { now: () => 1 } },
    );
  const move = (position: number) => moveTo(lake, build, 's', { position, run: 'f', clock: () => 1 });
  const runs = async () => (await copies.pending('s')).map(({ run }) => run).sort();
  const position = () => committedPosition('pipeline', build, 's');
  return { stream, lake, build, copies, copyOf, move, runs, position };
}

test('a copy is pending when it is over, failed or killed, and not while it goes on or where nobody follows', async () => {
  const { stream, lake, build, copies, copyOf, move, runs } = await begun();
  await using _ = stream;
  const alone = copyOf('alone', true);
  await alone.beside(async () => {});
  await alone.over(true);
  assert.deepEqual(await runs(), []);
  assert.equal(await copies.isWhole('s'), true);
  await move(10);
  const going = copyOf('going', true);
  await going.beside(async () => assert.deepEqual(await runs(), []));
  await going.over(false);
  await assert.rejects(
    copyOf('failed', true).beside(() => Promise.reject(new Error('no'))),
    /no/,
  );
  await beginCopy(lake, { run: 'killed', stream: 's', position: 5, build: build.info.digest, owner: 'gone' });
  assert.deepEqual(await runs(), ['failed', 'going', 'killed']);
  await copies.consumed(await copies.pending('s'));
  assert.deepEqual(await runs(), []);
});

test('a source whose changes are told once is moved by a whole copy, unless it was followed meanwhile', async () => {
  const { stream, copyOf, move, runs, position } = await begun();
  await using _ = stream;
  await move(10);
  const beaten = copyOf('beaten', false);
  await beaten.beside(() => move(15));
  await assert.rejects(beaten.over(true), { exitCode: 64, code: 'followed_meanwhile' });
  assert.deepEqual([await runs(), position()], [['beaten'], 15]);
  const alone = copyOf('alone', false);
  await alone.beside(async () => {});
  await alone.over(true);
  assert.deepEqual([await runs(), position()], [[], 20]);
});
