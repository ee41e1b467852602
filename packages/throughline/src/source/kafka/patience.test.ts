import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Patience } from './patience.ts';

const patience = (ms: number) => new Patience({ brokers: ['a:9092'], signal: AbortSignal.abort(), ms });
const away = new Error('away');

test('what fails for longer than the patience ends, whatever a single attempt takes', async () => {
  const one = patience(0);
  await assert.rejects(one.failed(away, performance.now()), { code: 'source_unavailable', exitCode: 75 });
  const other = patience(60_000);
  const begun = performance.now();
  await other.failed(away, begun - 120_000);
  await other.failed(away, begun);
});

test('a failure after which nobody has asked for long is forgotten', async () => {
  const one = patience(5);
  await one.failed(away, performance.now());
  await new Promise((resolve) => setTimeout(resolve, 20));
  await one.failed(away, performance.now());
  await new Promise((resolve) => setTimeout(resolve, 20));
  await assert.rejects(one.failed(away, 0), { code: 'source_unavailable' });
});
