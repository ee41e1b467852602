import type { Snapshot } from '@throughline/delta';
import { readSample } from '../theme/read-sample.ts';
import { driftTest } from './drift.ts';
import type { CheckResult } from './results.ts';

/** Passages of each side: some seconds at the most. */
const SAMPLE = 300;
const PERMUTATIONS = 999;
const SEED = 1;

/**
 * Whether the texts are other ones than those that serve, by their embeddings. Nothing is compared before the first run, nor across models,
 * whose vectors mean nothing to each other. Memory: two samples and their pairs.
 */
export async function checkDrift(
  { p: least }: { p: number },
  {
    passages,
    passagesBefore,
    isSameModel,
  }: { passages: Snapshot; passagesBefore: Snapshot | undefined; isSameModel: boolean },
): Promise<Pick<CheckResult, 'status' | 'observed' | 'expected'>> {
  const expected = `p of at least ${least}`;
  if (!passagesBefore || isSame(passages, passagesBefore)) return { status: 'passed', observed: 1, expected };
  if (!isSameModel) return { status: 'passed', observed: null, expected };
  const [now, before] = await Promise.all([vectorsOf(passages), vectorsOf(passagesBefore)]);
  if (now.length < 2 || before.length < 2) return { status: 'passed', observed: null, expected };
  const { p } = driftTest(now, before, { permutations: PERMUTATIONS, seed: SEED });
  return { status: p < least ? 'failed' : 'passed', observed: p, expected };
}

function isSame(one: Snapshot, other: Snapshot): boolean {
  return one.root === other.root && one.version === other.version;
}

async function vectorsOf(passages: Snapshot): Promise<Float32Array[]> {
  const { vectors, dimension, ids } = await readSample(passages, SAMPLE);
  return ids.map((_, i) => vectors.subarray(i * dimension, (i + 1) * dimension));
}
