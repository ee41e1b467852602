/** Eight processes of 100 commits each on one table, half of them killed five times, on a disk and in S3. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { checkRace, runRace } from '../race.ts';
import { emptyPrefix, s3ForTests } from '../s3.ts';
import { emptyFolder } from '../table.ts';

const { skip } = await s3ForTests();
const SIZE = { writers: 8, commits: 100, kills: 5 };

for (const seed of [1, 2]) {
  test(`800 commits on a disk, kills of seed ${seed}`, async (t) => {
    await race(t, await emptyFolder(t), seed);
  });
  test(`800 commits in S3, kills of seed ${seed}`, { skip }, async (t) => {
    await race(t, emptyPrefix(), seed);
  });
}

async function race(t: TestContext, root: string, seed: number): Promise<void> {
  const finish = await runRace({ root, ...SIZE, seed });
  t.diagnostic(`${finish.acknowledged.size} acknowledged, ${finish.kills} kills, ${finish.reads} reads`);
  assert.equal(finish.kills, 20);
  assert.ok(finish.reads > 100, 'the reader was there all the time');
  await checkRace({ root, ...SIZE, seed }, finish);
}
