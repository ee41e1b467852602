import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EmbedderStoppedError } from './errors.ts';
import { EmbeddingPool } from './pool.ts';
import { embedAll, tooLong } from './text-failure.ts';
import type { EmbeddingThread } from './thread.ts';
import type { ModelInfo } from './types.ts';

const info: ModelInfo = {
  id: 'fake',
  digest: '00',
  dimension: 2,
  maxTokens: 20,
  queryPrefix: 'q:',
  passagePrefix: '',
  languages: undefined,
};

/** A text is a word of digits: its vector is its number and its length. Answers come when the test says so. */
class FakeThread implements EmbeddingThread {
  load = 0;
  held = 0;
  mostHeld = 0;
  closed = false;
  readonly batches: number[] = [];
  readonly #pending: (() => void)[] = [];
  manual = false;
  breakOn: string | undefined;

  tokenize(texts: readonly string[]): Promise<Int32Array[]> {
    this.held += texts.length;
    this.mostHeld = Math.max(this.mostHeld, this.held);
    return this.#later(() => {
      if (texts.some((text) => text === this.breakOn)) throw new Error('broken job');
      return texts.map((text) => Int32Array.from(text, (digit) => digit.charCodeAt(0)));
    });
  }

  embed(ids: Int32Array, rows: number): Promise<Float32Array> {
    this.batches.push(rows);
    return this.#later(() => {
      this.held -= rows;
      const length = ids.length / rows;
      const vectors = new Float32Array(rows * 2);
      for (let row = 0; row < rows; row++) {
        const text = String.fromCharCode(...ids.subarray(row * length, (row + 1) * length));
        vectors.set([Number(text.replace('q:', '-')), length], row * 2);
      }
      return vectors;
    });
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** Answers everything it holds, also what comes meanwhile. */
  async answer(): Promise<void> {
    this.manual = false;
    while (this.#pending.length > 0) {
      this.#pending.shift()!();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #later<T>(work: () => T): Promise<T> {
    this.load++;
    return new Promise((resolve, reject) => {
      const run = () => {
        this.load--;
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      };
      if (this.manual) this.#pending.push(run);
      else setImmediate(run);
    });
  }
}

const words = fc.array(fc.integer({ min: 1, max: 999_999 }).map(String), { maxLength: 120 });

test('every call gets its own vectors in its own order, however calls and threads mix', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(words, { maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
      async (calls, threads) => {
        await using pool = new EmbeddingPool(
          info,
          Array.from({ length: threads }, () => new FakeThread()),
        );
        const answers = await Promise.all(calls.map((texts) => embedAll(pool, texts)));
        for (const [i, texts] of calls.entries()) {
          assert.deepEqual(
            [...answers[i]!],
            texts.flatMap((text) => [Math.fround(Number(text)), text.length]),
          );
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('texts of equal length share a batch across calls', async () => {
  const thread = new FakeThread();
  await using pool = new EmbeddingPool(info, [thread]);
  await Promise.all(['123', '456', '7890', '321'].map((text) => pool.embed([text])));
  assert.deepEqual(
    thread.batches.toSorted((a, b) => a - b),
    [1, 3],
  );
});

test('however many texts are asked for, the threads hold a bounded number of them', async () => {
  const thread = new FakeThread();
  await using pool = new EmbeddingPool(info, [thread]);
  const texts = Array.from({ length: 20_000 }, (_, i) => String(i + 1));
  const vectors = await embedAll(pool, texts);
  assert.equal(vectors.length, 40_000);
  assert.equal(vectors[2 * 19_999], 20_000);
  assert.ok(thread.mostHeld <= 1024, `${thread.mostHeld}`);
  assert.equal(thread.held, 0);
});

test('a query gets the query prefix, a passage its own', async () => {
  await using pool = new EmbeddingPool(info, [new FakeThread()]);
  assert.deepEqual([...(await embedAll(pool, ['12'], { kind: 'query' }))], [-12, 4]);
  assert.deepEqual([...(await embedAll(pool, ['12']))], [12, 2]);
  assert.equal((await embedAll(pool, [])).length, 0);
});

test('a text over the limit is a failure with its position and length, and costs no other text its vector', async () => {
  await using pool = new EmbeddingPool(info, [new FakeThread()]);
  const { vectors, failures } = await pool.embed(['1', '1'.repeat(21), '2', '3'.repeat(22)]);
  assert.deepEqual(failures, [tooLong(1, 21, 20), tooLong(3, 22, 20)]);
  assert.deepEqual([...vectors], [1, 1, Number.NaN, Number.NaN, 2, 1, Number.NaN, Number.NaN]);
  assert.deepEqual((await pool.embed(['1'.repeat(21)])).failures, [tooLong(0, 21, 20)]);
  assert.equal((await embedAll(pool, ['1'.repeat(20)]))[1], 20);
});

test('a vector that is not finite is a failure, never an answer', async () => {
  await using pool = new EmbeddingPool(info, [new FakeThread()]);
  const { vectors, failures } = await pool.embed(['1', 'x', '2']);
  assert.deepEqual(
    failures.map(({ index, code }) => [index, code]),
    [[1, 'bad_vector']],
  );
  assert.deepEqual([...vectors], [1, 1, Number.NaN, Number.NaN, 2, 1]);
  await assert.rejects(embedAll(pool, ['1', 'x']), { code: 'bad_vector', exitCode: 65 });
});

test('a failed job rejects the calls it held, and the embedder goes on', async () => {
  const thread = new FakeThread();
  thread.breakOn = '666';
  await using pool = new EmbeddingPool(info, [thread]);
  await assert.rejects(pool.embed(['666']), /broken job/);
  for (let i = 0; i < 30; i++) assert.equal((await embedAll(pool, Array(100).fill('77'))).length, 200);
});

test('an abort rejects at once, drops what was not begun, and leaves other calls alone', async () => {
  const thread = new FakeThread();
  thread.manual = true;
  await using pool = new EmbeddingPool(info, [thread]);
  const controller = new AbortController();
  const many = Array.from({ length: 5000 }, (_, i) => String(i + 1));
  const aborted = pool.embed(many, { signal: controller.signal });
  const other = embedAll(pool, ['42']);
  controller.abort(new Error('enough'));
  await assert.rejects(aborted, /enough/);
  await thread.answer();
  assert.deepEqual([...(await other)], [42, 2]);
  assert.ok(thread.batches.reduce((sum, rows) => sum + rows, 0) <= 128, `${thread.batches}`);
  await assert.rejects(pool.embed(['1'], { signal: controller.signal }), /enough/);
});

test('closing rejects every call in flight and later, waits for the threads, and may be repeated', async () => {
  const threads = [new FakeThread(), new FakeThread()];
  for (const thread of threads) thread.manual = true;
  const pool = new EmbeddingPool(info, threads);
  const calls = [pool.embed(['1']), pool.embed(['2', '3'])];
  const rejected = calls.map((call) => assert.rejects(call, EmbedderStoppedError));
  await Promise.all([pool.close(), pool.close(), ...rejected]);
  assert.ok(threads.every((thread) => thread.closed));
  await assert.rejects(pool.embed(['4']), /was closed/);
});

test('a crash rejects every call with its cause and stops the other threads', async () => {
  const threads = [new FakeThread(), new FakeThread()];
  for (const thread of threads) thread.manual = true;
  const pool = new EmbeddingPool(info, threads);
  const call = assert.rejects(pool.embed(['1']), /out of memory/);
  pool.crashed(new EmbedderStoppedError('a thread ended: out of memory'));
  await call;
  await assert.rejects(pool.embed(['2']), /out of memory/);
  await pool.close();
  assert.ok(threads.every((thread) => thread.closed));
});
