/** The user's own functions in the pipeline: what they make of rows, what becomes of rows at which they stumble. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RetryResult } from '../src/dlq/retry.ts';
import type { DeadLetters } from '../src/lake/dead-letters.ts';
import { start } from './cli.ts';
import { CLEAN, DATA, EMBED, PROGRAMS, SPLIT, writePrograms } from './mapper-programs.ts';
import { type Project, project } from './project.ts';
import { assertSameLake } from './same-lake.ts';
import { assertAddsUp, readBuild } from './tables.ts';

const BAD = [
  ['dies', 'embed', 'command_failed'],
  ['foreign', 'split', 'bad_passages'],
  ['kill', 'transform', 'command_failed'],
  ['nothing', 'split', 'empty_text'],
  ['poison', 'embed', 'function_failed'],
  ['raise', 'transform', 'function_failed'],
  ['uncut', 'split', 'function_failed'],
];

const listed = async ({ call }: Project) =>
  (await call<DeadLetters>('dlq', '--json')).json.deadLetters.toSorted((a, b) => (a.id! < b.id! ? -1 : 1));

test('rows go through functions in Python; bad ones are dead letters, and come back when the function is mended', async (t) => {
  const made = await project(t, DATA, PROGRAMS);
  await writePrograms(made);
  const plan = await made.call('plan', '--json');
  assert.equal(plan.code, 0, plan.stderr);
  const first = await made.call('run', '--only', 'map', '--json');
  assert.equal(first.code, 0, first.stderr);
  const { records, passages } = await assertAddsUp(first, made.lake);
  // One is dropped by the function; the twin by the step after it, which sees what the function made of it.
  assert.deepEqual([first.json.records, first.json.deadLetters, first.json.dropped], [31, 7, 2]);
  const dead = await listed(made);
  assert.deepEqual(
    dead.map(({ id, step, code }) => [id, step, code]),
    BAD,
  );
  const raised = dead.find(({ id }) => id === 'raise')!;
  assert.equal(raised.message, 'ValueError: no such word (clean.py, line 12)');
  assert.equal(JSON.parse(raised.payload).narrative, 'this one raises');
  const record = records.find(({ _id }) => _id === 'g0')!;
  assert.deepEqual([record._text, record.product], ['They charged fee 0. Nobody answered 0.', 'CARD']);
  const own = passages
    .filter(({ _id }) => _id === 'odd')
    .map(({ _start, _end, _text }) => [_start, _end, _text]);
  const { _text: odd } = records.find(({ _id }) => _id === 'odd')!;
  assert.equal(own.length, 3);
  for (const [from, to, text] of own) assert.equal(String(odd).slice(Number(from), Number(to)), text);

  await assertKilledIsTheSame(t, made);

  await made.write('clean.py', CLEAN.replace('os._exit(7)', 'pass').replace('raise ValueError', 'str'));
  await made.write('split.py', SPLIT.replace('raise RuntimeError("cannot cut this")', 'return [text]'));
  const retried = await made.call<RetryResult>('dlq', 'retry', '--json');
  assert.equal(retried.code, 0, retried.stderr);
  assert.deepEqual([retried.json.tried, retried.json.resolved], [7, 3]);
  const left = (await listed(made)).map(({ id }) => id);
  assert.deepEqual(left, ['dies', 'foreign', 'nothing', 'poison']);
  const ids = (await readBuild(made.lake)).records.map(({ _id }) => _id);
  for (const id of ['raise', 'kill', 'uncut']) assert.ok(ids.includes(id), id);
});

/** A run that is killed while a function is at work goes on to the same tables. */
async function assertKilledIsTheSame(t: TestContext, whole: Project): Promise<void> {
  const killed = await project(t, DATA, PROGRAMS);
  await writePrograms(killed);
  const pause = '\n    open("began", "w").close()\n    __import__("time").sleep(3)\n    return';
  await killed.write('embed.py', EMBED.replace('\n    return', pause));
  const child = start(['run', '--only', 'map', '--json'], { cwd: killed.folder, ownGroup: true });
  while (!existsSync(join(killed.folder, 'began'))) await sleep(50);
  process.kill(-child.pid!, 'SIGKILL');
  await once(child, 'exit');
  await killed.write('embed.py', EMBED);
  const again = await killed.call('run', '--only', 'map', '--json');
  assert.equal(again.code, 0, again.stderr);
  await assertSameLake(killed, whole);
}

test('a program that fails for every row ends the run with what it printed', async (t) => {
  const made = await project(t, DATA, PROGRAMS);
  await writePrograms(made);
  await made.write('clean.py', 'import no_such_module\n');
  const broken = await made.call('run', '--only', 'map', '--json');
  assert.deepEqual([broken.code, broken.json.error.code], [69, 'command_broken']);
  assert.match(broken.json.error.message, /No module named 'no_such_module'/);
});
