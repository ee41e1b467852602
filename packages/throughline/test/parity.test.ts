/** compare of a lake with itself: a batch against one at a time, fit against assignment, now against an earlier run; the report to sign. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import type { Comparison, SelfCheck } from '../src/compare/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';

interface Parity {
  ok: boolean;
  checks: SelfCheck[];
  before?: Comparison;
}

const figures = ({ lines }: SelfCheck) => Object.fromEntries(lines.map(({ name, found }) => [name, found]));

test('a lake agrees with itself, and goes on from the run before; a page says so', async (t) => {
  const rows = complaints(150);
  const made = await project(t, toCsv(rows));
  assert.equal((await made.call('run')).code, 0);
  const changed = { ...rows[0]!, narrative: 'Something else altogether, and no complaint at all.' };
  await made.write(
    'data.csv',
    toCsv([changed, ...rows.slice(2), { ...rows[1]!, complaint_id: '<b>new</b>' }]),
  );
  assert.equal((await made.call('run')).code, 0);
  const asked = ['compare', '--alone', '20', '--fit', '--before', '--report', 'parity.html'];
  const { code, json, stderr } = await made.run<Parity>(...asked, '--json');
  assert.equal(code, 0, stderr);
  const [alone, fit] = json.checks;
  assert.deepEqual([alone!.passages, figures(alone!)], [20, { cosine: 1, identical: 1, theme: 1 }]);
  assert.ok(figures(fit!).agreement! >= 0.99);
  const { matching, changed: texts, minCosine, verdict } = json.before!;
  assert.deepEqual([matching.extraIds, matching.missingIds, texts! > 0, minCosine], [1, 1, true, 1]);
  assert.ok(!verdict.some(({ limit }) => limit === 'missing'));
  const page = await readFile(join(made.folder, 'parity.html'), 'utf8');
  assert.match(page, /Parity of hostile: <span class="ok">within the limits/);
  assert.match(page, /Data engineering/);
  assert.doesNotMatch(page, /<b>new|<script|https?:\/\//);
  const strict = await made.call('compare', '--before', '--missing', '0');
  assert.equal(strict.code, 65);
  assert.match(strict.stdout, /NOT {2}missing/);
});

/** A model as notebooks have them by accident: what else is in the batch shifts every vector. */
const BATCH_DEPENDENT = `
import { createInterface } from 'node:readline';
let rows = [];
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.type === 'row') rows.push(message);
  if (message.type !== 'flush') continue;
  for (const { id, text } of rows) {
    const vector = Array.from({ length: 8 }, (_, i) => Math.sin(text.length * (i + 1)) + rows.length / 20);
    process.stdout.write(JSON.stringify({ v: 1, type: 'row', id, vector }) + '\\n');
  }
  rows = [];
}`;

test('a model whose vectors depend on the batch is found', async (t) => {
  const embed = { command: [process.execPath, 'embed.mjs'], dimension: 8 };
  const made = await project(t, toCsv(complaints(60)), { embed });
  await made.write('embed.mjs', BATCH_DEPENDENT);
  const ran = await made.call('run', '--only', 'map');
  assert.equal(ran.code, 0, ran.stderr);
  await made.call('run', '--only', 'check');
  assert.equal((await made.call('run', '--only', 'index')).code, 0);
  const { code, json } = await made.call<Parity>('compare', '--alone', '10', '--json');
  assert.equal(code, 65);
  assert.ok(figures(json.checks[0]!).cosine! < 0.99);
});

test('what cannot be asked says why', async (t) => {
  const made = await project(t, toCsv(complaints(5)));
  assert.equal((await made.call('compare', '--fit')).code, 66);
  assert.equal((await made.call('run')).code, 0);
  const first = await made.call('compare', '--before');
  assert.deepEqual([first.code, /there is no run previous/.test(first.stderr)], [64, true]);
});
