import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { nightly } from '../../../engines/nightly.ts';
import { checkRace, runRace } from './race.ts';
import { emptyPrefix, s3ForTests } from './s3.ts';
import { emptyFolder } from './table.ts';

const { skip } = await s3ForTests();
const SIZE = { writers: 8, commits: 9, kills: 2, seed: 1 };
const PROMISE =
  'eight processes, four of them killed again and again: every commit is in the log once, none is torn';

test(`on a disk: ${PROMISE}`, async (t) => {
  await race(t, await emptyFolder(t));
});

test(`in S3: ${PROMISE}`, { skip: skip || nightly }, async (t) => {
  await race(t, emptyPrefix());
});

async function race(t: TestContext, root: string): Promise<void> {
  const finish = await runRace({ root, ...SIZE });
  t.diagnostic(`${finish.kills} kills, ${finish.reads} reads`);
  assert.ok(finish.kills >= 4 && finish.reads > 0, 'there was something to see');
  await checkRace({ root, ...SIZE }, finish);
}
