/** On Spark, a source that changes while a run reads it: nothing is lost, and builds are promoted. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sparkConnect } from '../../../../engines/spark-connect.ts';
import { loadConfig } from '../../src/config/index.ts';
import { runPipeline } from '../../src/run/index.ts';
import { DATA, HEADER } from '../five-years.ts';
import { type Project, project } from '../project.ts';
import { readBuild } from '../tables.ts';

const server = await sparkConnect();
after(async () => {
  if (server.ok) await server.stop();
});
const skip = server.ok ? false : server.reason;
const engine = () => ({ spark: server.ok ? server.url : '' });

test('rows that leave the source while a run reads it, and come back, are not lost', { skip }, async (t) => {
  const full = `${DATA}6,no time,,x,i,c,s\n7,short\n`;
  const made = await project(t, full, { engine: engine() });
  const other = `${HEADER}0,text 0,2018-03-04,0,i,c,s\n8,no time either,,x,i,c,s\n`;
  const source = join(made.folder, 'data.csv');
  await runWhile(made, () => writeFileSync(source, other));
  const during = await readBuild(made.lake);
  assert.deepEqual(
    [during.records, during.dead_letters].map((rows) => rows.map(({ _id }) => _id)),
    [['0'], ['8']],
  );
  writeFileSync(source, full);
  const next = await made.run('run', '--only', 'map', '--json');
  assert.equal(next.code, 0, next.stderr);
  const { records, dead_letters } = await readBuild(made.lake);
  assert.deepEqual(records.map(({ _id }) => _id).sort(), ['0', '1', '2', '3', '4']);
  assert.deepEqual(dead_letters.map(({ _payload }) => String(_payload).slice(0, 7)).sort(), [
    '7,short',
    '{"compl',
  ]);
});

test('a source that never stops growing does not keep a second build from being promoted', {
  skip,
}, async (t) => {
  const made = await project(t, DATA, { engine: engine() });
  const source = join(made.folder, 'data.csv');
  const grow = (id: string) => () => appendFileSync(source, `${id},one more,2018-03-04,0,i,c,s\n`);
  await runWhile(made, grow('a'));
  await made.configure({ engine: engine(), split: { maxTokens: 64 } });
  await runWhile(made, grow('b'));
  const { records } = await readBuild(made.lake);
  assert.deepEqual(records.map(({ _id }) => _id).sort(), ['0', '1', '2', '3', '4', 'a', 'b']);
});

/** Runs while `meanwhile` changes the source, after its chunks were listed and before their rows are put aside. */
async function runWhile(made: Project, meanwhile: () => void) {
  const nothing = () => {};
  const reporter = { stage: nothing, planned: meanwhile, rows: nothing, chunk: nothing, warning: nothing };
  return await runPipeline(
    await loadConfig(join(made.folder, 'throughline.yaml')),
    { only: 'map' },
    { clock: Date.now, newId: randomUUID, signal: new AbortController().signal, reporter },
  );
}
