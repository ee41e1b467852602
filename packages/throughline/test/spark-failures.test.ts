/** What goes wrong on Spark: what a user wrote, a row that their SQL cannot process. By night, for Spark has to be started for it. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { nightly } from '../../../engines/nightly.ts';
import { sparkConnect } from '../../../engines/spark-connect.ts';
import { DATA } from './five-years.ts';
import { project } from './project.ts';
import { assertSameLake } from './same-lake.ts';

const server = nightly ? { ok: false as const, reason: nightly } : await sparkConnect();
after(async () => {
  if (server.ok) await server.stop();
});
const skip = server.ok ? false : server.reason;
const engine = () => ({ spark: server.ok ? server.url : '' });

test('a transform that Spark refuses is an error of the config, before rows are read', {
  skip,
}, async (t) => {
  const wrong: [object, RegExp][] = [
    [{ sql: 'SELECT strptime(date_received) FROM input' }, /^throughline.yaml: transform: .*`strptime`/],
    [{ sql: 'SELECT complaint_id FROM input' }, /^throughline.yaml: transform: .*UNRESOLVED_COLUMN/],
    [{ sql: 'SELECT FROM input' }, /^throughline.yaml: transform: /],
    [{ dedupe: 'prodct' }, /^throughline.yaml: transform: no column "prodct" is mapped$/],
  ];
  for (const [step, message] of wrong) {
    const made = await project(t, DATA, { engine: engine(), transform: [step] });
    const { code, json } = await made.run('plan', '--json');
    assert.deepEqual([code, json.error.code], [78, 'config_invalid']);
    assert.match(json.error.message, message);
  }
});

test('a row that SQL cannot process fails its chunk, and no other of its round', {
  skip,
}, async (t) => {
  const sql = 'SELECT * EXCEPT (product), CAST(CAST(product AS INT) AS STRING) AS product FROM input';
  const change = { transform: [{ sql }], retry: { attempts: 1 } };
  const data = DATA.replace('2020-03-04,2', '2020-03-04,two');
  const made = await project(t, data, { ...change, engine: engine() });
  const failed = await made.run('run', '--only', 'map', '--json');
  assert.equal(failed.code, 65, failed.stderr);
  assert.deepEqual([failed.json.chunks.done, failed.json.chunks.failed], [4, 1]);
  const [failure] = failed.json.failures;
  assert.deepEqual([failure!.chunk, failure!.code], ['d:2020-01-01', 'transform_failed']);
  assert.match(failure!.message, /^transform: .*'two'.*$/);
  await made.write('data.csv', DATA);
  const mended = await made.run('run', '--only', 'map', '--json');
  assert.deepEqual([mended.code, mended.json.chunks.done], [0, 1]);
  const local = await project(t, DATA, {
    transform: [{ sql: sql.replace('EXCEPT', 'EXCLUDE') }],
  });
  assert.equal((await local.run('run', '--only', 'map', '--json')).code, 0);
  await assertSameLake(made, local);
});

test('chunks that fail one after the other end the run, also where a round has all of them', {
  skip,
}, async (t) => {
  const made = await project(t, DATA, {
    engine: engine(),
    transform: [{ sql: 'SELECT * EXCEPT (product), CAST(1 / 0 AS STRING) AS product FROM input' }],
    retry: { attempts: 1, inARow: 2 },
  });
  const { code, json, stderr } = await made.run('run', '--only', 'map', '--json');
  assert.equal(code, 65, stderr);
  assert.equal(json.error.code, 'transform_failed');
});

test('a program that does not work on the executors ends the run with what it printed', {
  skip,
}, async (t) => {
  const made = await project(t, DATA, {
    engine: engine(),
    transform: [{ command: ['python3', 'clean.py'] }],
  });
  await made.write('clean.py', 'import no_such_module\n');
  const broken = await made.run('run', '--only', 'map', '--json');
  assert.deepEqual([broken.code, broken.json.error.code], [69, 'command_broken']);
  assert.match(
    broken.json.error.message,
    /^on an executor the command does not work: python3: .*No module named 'no_such_module'/s,
  );
  assert.match(broken.json.error.hint!, /files that it imports named in files:/);
  await made.configure({ engine: engine(), embed: { command: ['no-such-program'], dimension: 2 } });
  const missing = await made.run('run', '--only', 'map', '--json');
  assert.deepEqual([missing.code, missing.json.error.code], [78, 'command_broken']);
});
