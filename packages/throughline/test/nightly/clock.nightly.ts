/** The clock of a machine jumps back an hour in the middle of a run: tables, leases and the next runs are right all the same. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { run } from '../cli.ts';
import { complaints, toCsv } from '../complaints.ts';
import { project } from '../project.ts';
import { assertConsistent, assertSameLake } from '../same-lake.ts';

const ROWS = complaints(300);
const CONFIG = { chunk: { by: 'date_received', every: '1M' }, share: { lease: '2s' } };

/** From `afterMs` of the process on, in each of its threads, the wall clock shows an hour less. */
function jumping(afterMs: number): Record<string, string> {
  const preload = `const { now } = Date; const jumpAt = ${Date.now() + afterMs}; const RealDate = Date;
    const shifted = () => { const real = now(); return real >= jumpAt ? real - 3_600_000 : real; };
    globalThis.Date = class extends RealDate {
      constructor(...args) { args.length === 0 ? super(shifted()) : super(...args); }
      static now() { return shifted(); }
    };`;
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(preload)}` };
}

test('a clock that jumps back an hour in the middle of two runs at once changes nothing', async (t) => {
  const undisturbed = await project(t, toCsv(ROWS), CONFIG);
  const whole = await undisturbed.run('run', '--json');
  assert.equal(whole.code, 0, whole.stderr);
  const jumped = await project(t, toCsv(ROWS), CONFIG);
  const env = jumping(Math.round(whole.json.seconds * 500) + 500);
  const both = await Promise.all([0, 1].map(() => run(['run', '--json'], { cwd: jumped.folder, env })));
  for (const { code, stderr } of both) assert.ok(code === 0 || code === 75, `ended with ${code}: ${stderr}`);
  const last = await jumped.run('run', '--json');
  assert.equal(last.code, 0, last.stderr);
  await assertConsistent(jumped);
  await assertSameLake(jumped, undisturbed);

  const changed = ROWS.map((row, i) => (i === 5 ? { ...row, narrative: 'Another text.' } : row));
  for (const made of [jumped, undisturbed]) {
    await made.write('data.csv', toCsv(changed));
    const second = await run(['run', '--json'], { cwd: made.folder, env: jumping(0) });
    assert.equal(second.code, 0, second.stderr);
    assert.equal(second.json.chunks.done, 1);
  }
  await assertSameLake(jumped, undisturbed);
});
