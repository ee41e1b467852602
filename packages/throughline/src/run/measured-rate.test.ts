import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEntry } from './manifest.ts';
import { measuredRate } from './measured-rate.ts';

const OURS = { model: 'm', host: 'h' };

function entry(embedded: number, embedSeconds: number, { model, host } = OURS): RunEntry {
  const manifest = { model: { digest: model }, host: { name: host }, result: { embedded, embedSeconds } };
  return { run: 'r', command: 'run', status: 'done', started: 0, ended: 1, manifest };
}

test('the rate is that of the last runs with this model on this host', () => {
  const runs = [entry(1000, 10), entry(500, 5), entry(1000, 1, { model: 'x', host: 'h' })];
  assert.deepEqual(measuredRate(runs, OURS), { textsPerSecond: 100, runs: 2 });
  assert.deepEqual(measuredRate([entry(1000, 1, { model: 'm', host: 'x' })], OURS), undefined);
});

test('runs that embedded next to nothing, or failed early, say nothing', () => {
  const early: RunEntry = { ...entry(0, 0), manifest: { model: { digest: 'm' }, host: { name: 'h' } } };
  assert.equal(measuredRate([entry(5, 3), early], OURS), undefined);
});

test('older runs than the last five are not asked', () => {
  const runs = [...Array.from({ length: 5 }, () => entry(100, 1)), entry(10_000, 1)];
  assert.deepEqual(measuredRate(runs, OURS), { textsPerSecond: 100, runs: 5 });
});
