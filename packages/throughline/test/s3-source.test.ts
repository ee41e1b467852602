/** Files of a source in S3, from a server that fails now and then. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openStore } from '@throughline/delta/store';
import type { ChosenColumns } from '../src/init/choose-columns.ts';
import type { Plan } from '../src/run/plan.ts';
import { run } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';
import { s3ForTests } from './s3.ts';
import { type Fault, s3Proxy } from './s3-proxy.ts';
import { assertSameLake } from './same-lake.ts';

const { skip, endpoint } = await s3ForTests();
const ROWS = complaints(200);
const SMALL = ['run', '--only', 'map', '--json'];
const FAULTS: Fault[] = [
  { kind: 'answer', status: 500, code: 'InternalError' },
  { kind: 'answer', status: 503, code: 'SlowDown' },
  { kind: 'reset before' },
  { kind: 'reset after' },
  { kind: 'late', ms: 300 },
];

async function put(root: string, name: string, bytes: Buffer | string): Promise<void> {
  const staged = await openStore(root).stage(name);
  await writeFile(staged.localPath, bytes);
  await staged.publish('replace');
}

test('objects by pattern, compressed or not, while one request of three fails: nothing lost, nothing twice', {
  skip,
}, async (t) => {
  let asked = 0;
  const proxy = await s3Proxy(t, endpoint, () => {
    asked++;
    return asked % 3 === 0 ? FAULTS[(asked / 3) % FAULTS.length] : undefined;
  });
  const root = `s3://lakes/exports of/${randomUUID()}`;
  await put(root, 'a/2024-01.csv', toCsv(ROWS.slice(0, 80)));
  await put(root, 'a/2024-02.csv.gz', gzipSync(toCsv(ROWS.slice(80))));
  await put(root, 'b/other.txt', 'not of the source');
  const made = await project(t, undefined, { source: { path: [`${root}/a/*.csv`, `${root}/**/*.csv.gz`] } });
  const through = { cwd: made.folder, env: { AWS_ENDPOINT_URL: proxy.url } };
  const codes: (number | null)[] = [];
  while (codes.at(-1) !== 0 && codes.length < 5) codes.push((await run(SMALL, through)).code);
  assert.ok(codes.at(-1) === 0 && codes.slice(0, -1).every((code) => code === 75), `${codes}`);
  assert.ok(Object.keys(proxy.faults).length > 0);
  const local = await project(t, toCsv(ROWS));
  assert.equal((await local.run(...SMALL)).code, 0);
  await assertSameLake(made, local);
  const again = await run(SMALL, { cwd: made.folder });
  assert.deepEqual([again.code, again.json.chunks.done], [0, 0]);
  // Of the same length: only the tag tells.
  await put(root, 'a/2024-01.csv', toCsv(ROWS.slice(0, 80)).replace('Credit', 'Kredit'));
  const changed = await run<Plan>(['plan', '--json'], { cwd: made.folder });
  assert.ok(changed.json.due.rows > 0, changed.stderr);
});

test('init looks at objects, folders are columns, and what is not there is told', { skip }, async (t) => {
  const root = `s3://lakes/${randomUUID()}`;
  await put(root, 'part=a%2Fb c/complaints.csv.gz', gzipSync(toCsv(ROWS.slice(0, 150))));
  await put(root, 'part=d/complaints.csv.gz', gzipSync(toCsv(ROWS.slice(150))));
  const made = await project(t, undefined);
  const found = await made.run<{ chosen: ChosenColumns }>(
    ...['init', `${root}/**/*.csv.gz`, '--yes', '--json', '--out', 'here'],
  );
  assert.ok(
    found.json?.chosen.attributes.some(({ name }) => name === 'part'),
    found.stderr,
  );
  await made.configure({ source: { path: `${root}/**/*.csv.gz` }, chunk: { by: 'part' } });
  const plan = await made.run<Plan>('plan', '--json');
  assert.deepEqual(
    plan.json.chunks.map(({ id, rows }) => [id, rows]),
    [
      ['v:a/b c', 150],
      ['v:d', 50],
    ],
  );
  await made.configure({ source: { path: `${root}/nothing-*.csv` } });
  const none = await made.run('plan');
  assert.deepEqual([none.code, /no object matches s3:\/\/lakes/.test(none.stderr)], [66, true]);
});
