import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tellStreams } from './stream-metrics.ts';

test('figures of streams are a file beside that of runs, and what a source does not tell is not in it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-metrics-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const figures = { position: 41, age: undefined, behind: undefined, publishedAt: 1_700_000_000_000 };
  await tellStreams({ name: 'complaints', metrics: { textfile: 'x.prom' } }, folder, [
    { ...figures, stream: 'kafka:t/0', age: 0.5, behind: 7 },
    { ...figures, stream: 'postgres:t' },
  ]);
  const text = await readFile(join(folder, 'x-streams.prom'), 'utf8');
  assert.match(text, /^throughline_stream_position\{stream="kafka:t\/0",pipeline="complaints"\} 41$/m);
  assert.match(
    text,
    /^throughline_stream_freshness_seconds\{stream="kafka:t\/0",pipeline="complaints"\} 0.5$/m,
  );
  assert.match(text, /^throughline_stream_behind\{stream="kafka:t\/0",pipeline="complaints"\} 7$/m);
  assert.match(text, /^throughline_stream_published_timestamp_seconds\{stream="postgres:t".*\} 1700000000$/m);
  assert.doesNotMatch(text, /freshness_seconds\{stream="postgres:t"/);
});
