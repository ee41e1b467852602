import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { MARKS } from '../../../fake-api/asked.ts';
import { parseFaults } from '../../../fake-api/options.ts';
import { type FakeApi, startFakeApi } from '../../../fake-api/server.ts';
import { vectorOf } from '../../../fake-api/vector.ts';
import { DEFAULT_POLICY, type Embedded, openEmbeddings, openHttpClient } from '../src/http/index.ts';
import { random } from './kill.ts';

const DIMENSION = 32;
const BATCH = 8;
const WORKERS = 8;

/** Every kind of fault, a quarter of the requests together, and stalls that a timeout must end. */
const FAULTS = parseFaults('all=0.25');

export interface FaultReport {
  refused: number;
  /** Paid items beyond one a text and those that a fault spoiled, as a share of the texts. */
  overpaid: number;
  stats: ReturnType<FakeApi['stats']>;
}

/** Sends `count` texts, three of which are always refused, in batches by several workers; asserts that each came back right. */
export async function checkFaults(t: TestContext, count: number, seed: number): Promise<FaultReport> {
  const latency = { medianMs: 1, p99Ms: 20 };
  const api = await startFakeApi({ seed, dimension: DIMENSION, faults: FAULTS, latency });
  t.after(() => api.stop());
  const texts = textsOf(count, seed);
  const client = openHttpClient({
    ...DEFAULT_POLICY,
    timeoutMs: 500,
    retries: 8,
    backoff: { firstMs: 5, factor: 2, mostMs: 200 },
    breaker: { failures: 20, pauseMs: 100 },
  });
  const embeddings = openEmbeddings({ url: api.url, model: 'fake-embedding', dimension: DIMENSION }, client);
  const answers = await inBatches(texts, (batch) => embeddings.embed(batch));
  const refused = checkAnswers(texts, answers);
  const stats = api.stats();
  const needed = texts.length - refused;
  const overpaid = (stats.paidItems - stats.spoiledItems - needed) / needed;
  assert.ok(overpaid <= 0.02, `${(overpaid * 100).toFixed(2)} % paid for beyond one a text and the faults`);
  return { refused, overpaid, stats };
}

function textsOf(count: number, seed: number): string[] {
  const next = random(seed);
  const texts = Array.from(
    { length: count },
    (_, index) => `text ${index} ${'word '.repeat(Math.floor(next() * 20))}`,
  );
  for (let each = 0; each < 3; each++) {
    const at = Math.floor(next() * count);
    texts[at] = `${MARKS.refused} text ${at}`;
  }
  return texts;
}

/** The answer of each batch, in the order of the texts. */
async function inBatches(
  texts: readonly string[],
  embed: (batch: readonly string[]) => Promise<Embedded>,
): Promise<Embedded[]> {
  const batches = Array.from({ length: Math.ceil(texts.length / BATCH) }, (_, index) =>
    texts.slice(index * BATCH, (index + 1) * BATCH),
  );
  const answers: Embedded[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < batches.length; index = next++)
      answers[index] = await embed(batches[index]!);
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return answers;
}

/** Each text has its own vector, or is refused for the reason that it has; returns how many are. */
function checkAnswers(texts: readonly string[], answers: readonly Embedded[]): number {
  let refused = 0;
  for (const [batch, { vectors, failures }] of answers.entries()) {
    const failed = new Map(failures.map((failure) => [failure.index, failure]));
    for (const [row, text] of texts.slice(batch * BATCH, (batch + 1) * BATCH).entries()) {
      const vector = vectors.subarray(row * DIMENSION, (row + 1) * DIMENSION);
      if (text.startsWith(MARKS.refused)) {
        assert.equal(failed.get(row)?.code, 'http_400', text);
        refused++;
      } else {
        assert.equal(failed.has(row), false, `${text}: ${failed.get(row)?.message}`);
        assert.deepEqual(vector, vectorOf(text, DIMENSION), text);
      }
    }
  }
  return refused;
}
