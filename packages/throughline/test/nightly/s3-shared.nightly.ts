/** Two runs at once on a lake in S3 share the work. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openStore } from '@throughline/delta/store';
import { complaints, toCsv } from '../complaints.ts';
import { project } from '../project.ts';
import { emptyLake, s3ForTests } from '../s3.ts';
import { assertSameLake } from '../same-lake.ts';

const { skip } = await s3ForTests();
const DATA = toCsv(complaints(150));

test('two runs at once on one lake in S3 do each chunk once, and the tables are those of one', {
  skip,
}, async (t) => {
  const months = { chunk: { by: 'date_received', every: '1M' } };
  const local = await project(t, DATA, months);
  const alone = await local.run('run', '--json');
  const shared = await project(t, DATA, { ...months, lake: emptyLake() });
  const both = await Promise.all([shared.run('run', '--json'), shared.run('run', '--json')]);
  for (const { code, stderr } of both) assert.equal(code, 0, stderr);
  const done = both.map(({ json }) => json.chunks.done);
  t.diagnostic(`chunks done: ${done} of ${alone.json.chunks.done}`);
  assert.equal(done[0]! + done[1]!, alone.json.chunks.done, 'each chunk was done once');
  const last = await shared.run('run', '--json');
  assert.equal(last.code, 0, last.stderr);
  assert.equal(last.json.chunks.done, 0, 'nothing was left to do');
  await assertSameLake(shared, local);
  assert.deepEqual(await openStore(shared.lake).list('leases'), [], 'nobody works any more');
});
