/** The archive, and the worker in it, on a real Spark. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { nightly } from '../../../engines/nightly.ts';
import { sharedSparkConnect } from '../../../engines/spark-connect.ts';
import { connect, literal, type Row, type Session, SparkError } from '../../spark-connect/src/index.ts';
import { archOf } from '../src/engine/spark/arch.ts';
import { type ExecutorArchive, executorArchive } from '../src/engine/spark/archive.ts';
import { workerCommand, workerFailure } from '../src/engine/spark/worker-command.ts';
import { type ModelSpec, openEmbedder } from '../src/model/index.ts';

const engine = await sharedSparkConnect();
const skip = engine.ok ? false : engine.reason;

const TEXTS = [
  'They charged a late fee twice, and nobody answers the phone.',
  'a\u2028b \r c\td "quoted" \\ back\nnext line',
  '',
  '😀 my card 👩‍👩‍👧 was eaten 🇫🇷',
  "it's 5 o'clock; $HOME `date` $(id)",
  'カードが使えません。',
  'fee '.repeat(300),
  ...Array.from({ length: 13 }, (_, i) => `complaint number ${i} is about a debt that is not mine`),
];

describe('on a real Spark', { skip }, () => {
  let folder: string;
  let session: Session;
  /** Has the archive too: the folders of all sessions lie together. */
  let neighbour: Session;
  let hash: ExecutorArchive;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spark-archive-test-'));
    const url = engine.ok ? engine.url : '';
    [session, neighbour] = await Promise.all([connect(url), connect(url)]);
    await send(neighbour, { model: 'hash' });
    hash = await send(session, { model: 'hash' });
  });
  after(async () => {
    await Promise.all([session?.close(), neighbour?.close()]);
    if (engine.ok) await engine.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function send(to: Session, spec: ModelSpec): Promise<ExecutorArchive> {
    const [uname] = await rows(to, `SELECT TRANSFORM(1) USING 'uname -sm' AS (uname STRING)`);
    const archive = await executorArchive({ arch: archOf(String(uname!.uname)), spec });
    await to.addArtifacts([{ name: archive.name, content: archive.path }]);
    return archive;
  }

  for (const spec of [
    { model: 'hash' },
    // That of the package is one of ONNX too.
    ...(nightly ? [] : [{ model: 'onnx' as const, folder: join(import.meta.dirname, 'tiny-model') }]),
    { model: 'minilm' },
  ] satisfies ModelSpec[]) {
    test(`workers on two partitions give bitwise the vectors of ${spec.model} here`, async () => {
      const archive = spec.model === 'hash' ? hash : await send(session, spec);
      const command = workerCommand(archive.folder, 'embed', { model: archive.spec });
      const answers = new Map((await rows(session, embedding(command))).map((row) => [row.hash, row]));
      assert.equal(answers.size, TEXTS.length);

      await using embedder = await openEmbedder({ ...spec, threads: 1 });
      const { vectors, failures } = await embedder.embed(TEXTS);
      const { dimension } = embedder.info;
      for (const i of TEXTS.keys()) {
        const { embedding, code, message } = answers.get(String(i))!;
        const failure = failures.find(({ index }) => index === i);
        assert.deepEqual([code, message], [failure?.code ?? null, failure?.message ?? null]);
        if (failure) assert.equal(embedding, null);
        else assertSame(embedding as number[], vectors.subarray(i * dimension, (i + 1) * dimension), i);
      }
      assert.ok(failures.length > 0 && failures.length < TEXTS.length, 'some texts are too long');
    });
  }

  test('a worker that fails says why, however much Spark still writes to it', async () => {
    const missing = workerCommand(hash.folder, 'embed', { model: { model: 'onnx', folder: 'model' } });
    const many = `SELECT TRANSFORM(to_json(struct(id AS hash, repeat('late fee ', 50) AS text))) USING ${missing}
      AS (line STRING) FROM range(0, 200000, 1, 1)`;
    const failure = await failureOf(rows(session, many));
    assert.equal(failure.exitCode, 66);
    assert.match(failure.stderr, /^cannot load the model .*\nA model folder has model.onnx .*$/);
  });

  test('a worker that cannot be started is a failure of the shell, and a killed one of its signal', async () => {
    const absent = workerCommand('throughline-absent', 'embed', { model: { model: 'hash' } });
    assert.equal((await failureOf(rows(session, embedding(absent)))).exitCode, 127);
    const killed = await failureOf(rows(session, embedding(`'kill -9 $$'`)));
    assert.deepEqual(killed, { exitCode: 137, stderr: '' });
  });

  test('workers end whose rows nobody needs any more, and those of a query that was interrupted', {
    skip: process.platform === 'linux' ? false : 'processes are looked for in /proc',
  }, async () => {
    const command = workerCommand(hash.folder, 'embed', { model: hash.spec, patienceMs: 500 });
    const endless = `SELECT TRANSFORM(to_json(struct(CAST(id AS STRING) AS hash, 'late fee' AS text))) USING ${command}
      AS (line STRING) FROM range(0, 100000000, 1, 2)`;
    const few = await rows(session, `SELECT * FROM (${endless}) LIMIT 5`);
    assert.equal(few.length, 5);
    await noProcessOf(hash.folder);
    const controller = new AbortController();
    const interrupted = rows(session, endless, controller.signal);
    for (let i = 0; i < 100 && (await processesOf(hash.folder)).length === 0; i++) await sleep(100);
    controller.abort(new Error('enough'));
    await assert.rejects(interrupted, /enough/);
    await noProcessOf(hash.folder);
  });

  test('a worker that fails once is tried again, and every row comes once', async () => {
    const command = workerCommand(hash.folder, 'embed', { model: hash.spec });
    const mark = join(folder, 'failed-once');
    const once = `[ -e ${mark} ] || { touch ${mark}; cat >/dev/null; exit 70; }; ${command.slice(1)}`;
    const answers = await rows(session, embedding(`'${once}`, 1));
    assert.ok(existsSync(mark));
    assert.deepEqual(
      answers.map(({ hash }) => Number(hash)).toSorted((a, b) => a - b),
      [...TEXTS.keys()],
    );
  });
});

/** Embeds TEXTS by the command, on so many partitions. */
function embedding(command: string, partitions = 2): string {
  const texts = `SELECT /*+ REPARTITION(${partitions}) */ * FROM (SELECT posexplode(:texts) AS (hash, text))`;
  return `SELECT answer.* FROM (
    SELECT from_json(line, 'hash STRING, embedding ARRAY<FLOAT>, code STRING, message STRING') AS answer FROM (
      SELECT TRANSFORM(to_json(struct(CAST(hash AS STRING) AS hash, text))) USING ${command} AS (line STRING)
      FROM (${texts})))`;
}

async function rows(session: Session, query: string, signal?: AbortSignal): Promise<Row[]> {
  const all: Row[] = [];
  const parameters: Parameters<Session['sql']>[1] = query.includes(':texts')
    ? { texts: literal({ type: 'array', elementType: 'string', containsNull: false }, TEXTS) }
    : {};
  for await (const row of session.sql(query, parameters).rows(signal ? { signal } : {})) all.push(row);
  return all;
}

/** Command lines that name it. */
async function processesOf(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(folder));
}

async function noProcessOf(folder: string): Promise<void> {
  for (let i = 0; i < 300 && (await processesOf(folder)).length > 0; i++) await sleep(100);
  assert.deepEqual(await processesOf(folder), []);
}

async function failureOf(query: Promise<unknown>) {
  const error = await query.then(
    () => assert.fail('the query did not fail'),
    (error) => error,
  );
  assert.ok(error instanceof SparkError, String(error));
  return workerFailure(error.message) ?? assert.fail(error.message);
}

function assertSame(actual: readonly number[], expected: Float32Array, text: number): void {
  const bytes = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  assert.ok(bytes(Float32Array.from(actual)).equals(bytes(expected)), `text ${text}`);
}
