/** A run that is halted for longer than its lease, and goes on later, changes nothing that another did in its place. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { nightly } from '../../../engines/nightly.ts';
import { ended, start } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { random } from './kill.ts';
import { project } from './project.ts';
import { publications, untilPublished } from './publications.ts';
import { assertDone, assertSameLake } from './same-lake.ts';

const DATA = toCsv(complaints(500));
const CONFIG = { chunk: { by: 'date_received', every: '1M' }, share: { lease: '2s' } };

test('a halted run loses its chunks after the lease, and what it does when it wakes changes nothing', {
  skip: nightly,
}, async (t) => {
  const alone = await project(t, DATA, CONFIG);
  const undisturbed = await alone.run('run', '--json');
  assert.equal(undisturbed.code, 0, undisturbed.stderr);

  const shared = await project(t, DATA, CONFIG);
  const next = random(7);
  const zombie = start(['run', '--json'], { cwd: shared.folder });
  const zombieEnded = ended(zombie);
  await untilPublished(shared.lake, 1 + Math.floor(next() * 5), zombie);
  zombie.kill('SIGSTOP');
  const before = await publications(shared.lake);
  const other = await shared.run('run', '--json');
  assert.equal(other.code, 0, other.stderr);
  assert.match(other.stderr, /waiting for \d+ chunks that another run works on/);
  assert.ok(other.json.chunks.done > 0);
  assert.ok((await publications(shared.lake)) > before);
  await assertSameLake(shared, alone);

  zombie.kill('SIGCONT');
  const { code, stderr } = await zombieEnded;
  assert.ok(code === 0 || code === 75, `ended with ${code}: ${stderr}`);
  await assertDone(shared);
  await assertSameLake(shared, alone);
  assert.deepEqual(await readdir(join(shared.lake, 'leases')), [], 'no heartbeat is left');
});
