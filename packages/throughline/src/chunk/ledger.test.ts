import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { claim } from './claim.ts';
import { watchLeases } from './lease.ts';
import { type ChunkEvent, fold, openLedger, report } from './ledger.ts';
import { isAlive, thisProcess } from './owner.ts';

const event = (over: Partial<ChunkEvent>): ChunkEvent => ({
  chunk: 'd:2024-01-01',
  attempt: 1,
  event: 'claimed',
  owner: thisProcess(),
  run: 'run-1',
  at: 1_700_000_000_000,
  digest: '1:0',
  ...over,
});

async function emptyLedger() {
  const root = await mkdtemp(join(tmpdir(), 'ledger-'));
  return openLedger({ root, pipeline: { id: 'p', name: 'test' } }, 'build');
}

const request = { chunk: 'd:2024-01-01', digest: '1:0', committed: 0, seen: 0 };
const clock = { now: () => 1_700_000_000_000 };
const leases = watchLeases(tmpdir(), 60_000);

test('states do not depend on the order in which events are read', () => {
  const events = [1, 2, 3].flatMap((attempt) => [
    event({ attempt }),
    event({ attempt, event: attempt === 2 ? 'failed' : 'done' }),
  ]);
  const expected = fold(new Map(), events);
  fc.assert(
    fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
      assert.deepEqual(fold(new Map(), shuffled), expected);
    }),
  );
  assert.equal(expected.get('d:2024-01-01')!.done!.attempt, 3);
});

test('an attempt is above every claim and every publication', async () => {
  const by = { owner: thisProcess(), run: 'run-1', clock, leases };
  const first = await claim(await emptyLedger(), [request], by);
  assert.equal(first.attempts.get(request.chunk), 1);
  const second = await claim(first.ledger, [{ ...request, committed: 7 }], by);
  assert.equal(second.attempts.get(request.chunk), 8);
});

test('what another living process claimed is left alone, and what a dead one claimed is taken over', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  const [host, boot, namespace] = thisProcess().split('/');
  const { readFileSync } = await import('node:fs');
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const owner = [host, boot, namespace, child.pid, stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]].join(
    '/',
  );
  const theirs = await claim(await emptyLedger(), [request], { owner, run: 'run-2', clock, leases });
  const ours = { owner: thisProcess(), run: 'run-1', clock, leases };
  assert.equal((await claim(theirs.ledger, [request], ours)).attempts.size, 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(isAlive(owner), false);
  assert.equal((await claim(theirs.ledger, [request], ours)).attempts.get(request.chunk), 2);
});

test('of two claims on the same version one wins, and the other sees it', async () => {
  const ledger = await emptyLedger();
  const elsewhere = 'elsewhere/boot/1/1';
  await claim(ledger, [request], { owner: elsewhere, run: 'run-2', clock, leases });
  const late = await claim(ledger, [request, { ...request, chunk: 'd:2024-01-08' }], {
    owner: thisProcess(),
    run: 'run-1',
    clock,
    leases,
  });
  assert.deepEqual([...late.attempts], [['d:2024-01-08', 1]]);
});

test('what another run has done in the meantime is left out, and runs again only if its rows are others', async () => {
  const ledger = await emptyLedger();
  await report(ledger, [event({ owner: 'elsewhere' }), event({ owner: 'elsewhere', event: 'done' })], clock);
  const ours = { owner: thisProcess(), run: 'run-1', clock, leases };
  // The claim of another chunk loses the race, and so learns what has happened.
  const late = await claim(ledger, [request, { ...request, chunk: 'd:2024-01-08' }], ours);
  assert.deepEqual([...late.attempts], [['d:2024-01-08', 1]]);
  assert.deepEqual([...late.done], [request.chunk]);
  const changed = await claim(late.ledger, [{ ...request, digest: '2:0' }], ours);
  assert.equal(changed.attempts.get(request.chunk), 2);
});

test('reports survive reopening', async () => {
  const ledger = await emptyLedger();
  await report(ledger, [event({}), event({ event: 'done', records: 5, ms: 12 })], clock);
  const lake = { root: join(ledger.snapshot.root, '..'), pipeline: { id: 'p', name: 'test' } };
  const state = (await openLedger(lake, 'build')).states.get('d:2024-01-01')!;
  assert.equal(state.done!.records, 5);
  assert.equal(state.last.event, 'done');
});
