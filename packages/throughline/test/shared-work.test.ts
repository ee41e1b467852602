/** Runs side by side, each with more work than it reads ahead: none of them waits for the other for ever. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { nightly } from '../../../engines/nightly.ts';
import { ended, start } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';
import { emptyLake, s3ForTests } from './s3.ts';
import { readBuild } from './tables.ts';

const { skip } = await s3ForTests();

const MAP = ['run', '--only', 'map', '--json'];
const ROWS = 1_400;
const DATA = toCsv(complaints(ROWS));
const MONTHS = { chunk: { by: 'date_received', every: '1M' } };

/** Only a run that hangs takes so long. */
const HANGS_MS = 240_000;

async function bothDone(t: TestContext, shared: Project): Promise<void> {
  const children = [0, 1].map(() => start(MAP, { cwd: shared.folder }));
  t.after(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  const both = await Promise.all(children.map((child) => ended(child)));
  for (const { code, stderr } of both) assert.equal(code, 0, stderr);
  const [one, other] = both.map(({ json }) => json.chunks);
  t.diagnostic(`chunks done: ${one!.done} and ${other!.done}`);
  assert.equal(one!.done + other!.done, one!.done + one!.skipped, 'each chunk was done once');
  const { records } = await readBuild(shared.lake);
  assert.equal(new Set(records.map((row) => row._id)).size, ROWS);
  assert.equal(records.length, ROWS);
}

test('two runs on a local lake share the chunks and both come to an end', {
  timeout: HANGS_MS,
}, async (t) => {
  await bothDone(t, await project(t, DATA, MONTHS));
});

test('two runs on a lake in S3 share the chunks and both come to an end', {
  skip: skip || nightly,
  timeout: HANGS_MS,
}, async (t) => {
  await bothDone(t, await project(t, DATA, { ...MONTHS, lake: emptyLake() }));
});
