import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { workerCommand, workerFailure } from './worker-command.ts';

const HASH = { model: { model: 'hash', dimension: 4 } } as const;

/** A folder as an executor has it, where `node` is bash and the worker a script of it: what is tested is the shell's part. */
async function executor(t: TestContext, script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'executor-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const bundle of ['session-1/bundle-one', 'session-2/bundle-two']) {
    await mkdir(join(folder, bundle, 'lib'), { recursive: true });
    await symlink('/bin/bash', join(folder, bundle, 'node'));
  }
  const worker = join(folder, 'session-2/bundle-two/lib/worker.mjs');
  spawnSync('/bin/bash', ['-c', 'cat >"$0"', worker], { input: script });
  return (name: string, input: string) => {
    const literal = workerCommand(name, 'embed', HASH);
    const { status, stdout, stderr, error } = spawnSync('/bin/bash', ['-c', literal.slice(1, -1)], {
      cwd: folder,
      input,
      encoding: 'utf8',
    });
    return { status, stdout, stderr, error };
  };
}

test('the literal holds no quote and no escape, whatever the settings are', () => {
  const folder = "it's a \\ folder; $(rm) $x *";
  const literal = workerCommand('bundle-1', 'embed', { model: { model: 'onnx', folder } });
  assert.match(literal, /^'[^'\\]+'$/);
  assert.doesNotMatch(literal, /\$\{|\$\(/);
  for (const name of ['', 'a b', "a'b", '../a', 'a\n'])
    assert.throws(() => workerCommand(name, 'embed', HASH), RangeError);
});

test("the worker of one session runs, with its mode and settings, beside another's", async (t) => {
  const run = await executor(t, 'echo "$1 $2"; cat; echo told >&2');
  const { status, stdout, stderr } = run('bundle-two', 'row\n');
  assert.deepEqual([status, stderr], [0, 'told\n']);
  const [, settings] = /^embed ([\w-]+)\nrow\n$/.exec(stdout) ?? assert.fail(stdout);
  assert.deepEqual(JSON.parse(Buffer.from(settings!, 'base64url').toString()), HASH);
});

test('a worker that fails at once leaves its code, and everything is read that is still written to it', async (t) => {
  const run = await executor(t, 'echo no model >&2; exit 66');
  // Many times what a pipe holds: what is not read is EPIPE for the writer.
  const { status, stdout, stderr, error } = run('bundle-two', 'row\n'.repeat(500_000));
  assert.deepEqual([status, stdout, stderr, error], [66, '', 'no model\n', undefined]);
});

test('a worker that nobody reads ends what is written to it', async (t) => {
  const run = await executor(t, 'exit 141');
  const { status, error } = run('bundle-two', 'row\n'.repeat(500_000));
  assert.deepEqual([status, (error as NodeJS.ErrnoException).code], [141, 'EPIPE']);
});

test('a bundle that is not there is the code of the shell', async (t) => {
  const run = await executor(t, '');
  const { status, stderr } = run('bundle-three', 'row\n');
  assert.equal(status, 127);
  assert.match(stderr, /bundle-three\/node: No such file/);
});

test("Spark's words for a failed worker are read, those for anything else are not", () => {
  const plain = 'Subprocess exited with status 66. Error: cannot load the model.\nDo this.\n.';
  assert.deepEqual(workerFailure(plain), { exitCode: 66, stderr: 'cannot load the model.\nDo this.' });
  const killed = 'Subprocess exited with status 137. Error: .';
  assert.deepEqual(workerFailure(killed), { exitCode: 137, stderr: '' });
  const aborted = `Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times, most recent failure: Lost task 0.3
in stage 1.0 (TID 3) (10.0.0.1 executor 1): org.apache.spark.SparkException: Subprocess exited with status 70. Error: out of luck
.
	at org.apache.spark.sql.errors.QueryExecutionErrors$.subprocessExitedError(QueryExecutionErrors.scala:1)
	at java.base/java.lang.Thread.run(Thread.java:840)

Driver stacktrace:`;
  assert.deepEqual(workerFailure(aborted), { exitCode: 70, stderr: 'out of luck' });
  assert.equal(workerFailure('[TABLE_OR_VIEW_NOT_FOUND] The table or view `x` cannot be found.'), undefined);
});
