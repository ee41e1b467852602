/** Texts through a fake API with every fault on, and what became of each. */
import { MARKS } from '../../../fake-api/asked.ts';
import { type FakeApiOptions, parseFaults } from '../../../fake-api/options.ts';
import { startFakeApi } from '../../../fake-api/server.ts';
import type { FakeApiStats } from '../../../fake-api/stats.ts';
import { vectorOf } from '../../../fake-api/vector.ts';
import { DEFAULT_POLICY, HttpError, openEmbeddings, openHttpClient } from '../src/http/index.ts';

export interface FaultRun {
  readonly texts: number;
  readonly batch: number;
  /** Calls at once. */
  readonly callers: number;
  readonly seed: number;
  /** As on the command line of the fake API. */
  readonly faults: string;
  readonly options?: Partial<FakeApiOptions>;
}

export interface FaultReport {
  /** Texts that got neither a vector nor a reason, or more than one of them. */
  readonly lost: number;
  readonly twice: number;
  /** Texts whose vector is not theirs. */
  readonly wrong: number;
  /** Code of the reason by the position of the text. */
  readonly failed: ReadonlyMap<number, string>;
  readonly expected: ReadonlyMap<number, string>;
  /** Calls that were made again, as a run does with a batch that an error of the API ended. */
  readonly callsAgain: number;
  /** Texts that can be embedded, and the harmless ones that were asked. */
  readonly needed: number;
  readonly api: FakeApiStats;
  readonly seconds: number;
}

const DIMENSION = 32;
const MODEL = 'fake-embedding';
/** Times are a hundredth of the real ones: the server fails as often, and answers sooner. */
const POLICY = {
  ...DEFAULT_POLICY,
  timeoutMs: 300,
  backoff: { firstMs: 10, factor: 2, mostMs: 600 },
  breaker: { failures: 10, pauseMs: 300 },
};

export async function runThroughFaults(run: FaultRun): Promise<FaultReport> {
  const started = performance.now();
  const { texts, expected } = textsOf(run.texts);
  const api = await startFakeApi({
    dimension: DIMENSION,
    seed: run.seed,
    faults: parseFaults(run.faults),
    ...run.options,
  });
  const client = openHttpClient(POLICY);
  const embeddings = openEmbeddings({ url: api.url, model: MODEL, dimension: DIMENSION }, client);
  const results = new Uint8Array(run.texts);
  const failed = new Map<number, string>();
  let [wrong, callsAgain, next] = [0, 0, 0];

  /** Positions that are still to be asked for: those whose call ended before they were answered. */
  const embedSome = async (positions: readonly number[]): Promise<readonly number[]> => {
    const { vectors, failures, error } = await embeddings.embed(positions.map((at) => texts[at]!));
    for (const { index, code } of failures) failed.set(positions[index]!, code);
    const without = new Set(failures.map(({ index }) => index));
    return positions.filter((at, i) => {
      const vector = vectors.subarray(i * DIMENSION, (i + 1) * DIMENSION);
      if (error && !without.has(i) && Number.isNaN(vector[0])) return true;
      results[at]!++;
      if (!without.has(i) && !equal(vector, vectorOf(texts[at]!, DIMENSION))) wrong++;
      return false;
    });
  };
  const caller = async () => {
    for (let from = next; from < run.texts; from = next) {
      next += run.batch;
      let left: readonly number[] = Array.from(
        { length: Math.min(run.batch, run.texts - from) },
        (_, i) => from + i,
      );
      for (let calls = 0; left.length > 0; calls++) {
        if (calls > 0) callsAgain++;
        left = await unlessItFails(embedSome(left), left);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: run.callers }, caller));
  } finally {
    await api.stop();
  }
  return {
    lost: results.filter((times) => times === 0).length,
    twice: results.filter((times) => times > 1).length,
    wrong,
    failed,
    expected,
    callsAgain,
    needed: run.texts - expected.size,
    api: api.stats(),
    seconds: (performance.now() - started) / 1000,
  };
}

/** One in 500 can never be embedded, for one of three reasons. */
function textsOf(count: number) {
  const expected = new Map<number, string>();
  const reasons = [
    [MARKS.refused, 'http_400'],
    [MARKS.nan, 'http_invalid'],
    [MARKS.crash, 'http_500'],
  ] as const;
  const texts = Array.from({ length: count }, (_, i) => {
    if (i % 500 !== 123) return `complaint ${i}: charged twice`;
    const [mark, code] = reasons[Math.floor(i / 500) % reasons.length]!;
    expected.set(i, code);
    return `complaint ${i} ${mark}`;
  });
  return { texts, expected };
}

/** As a run does with a batch that an error of the API ended: all of it again. */
async function unlessItFails<T>(call: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof HttpError) return otherwise;
    throw error;
  }
}

function equal(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i]);
}
