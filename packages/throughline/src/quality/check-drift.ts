import { relation, type Snapshot } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import { driftTest } from './drift.ts';
import type { CheckResult } from './results.ts';

/** Records of each side: about a second. */
const SAMPLE = 1_000;
const PERMUTATIONS = 999;
const SEED = 1;

/**
 * Whether the texts are other ones than those that serve, by their embeddings. Nothing is compared before the first run, nor across models,
 * whose vectors mean nothing to each other. Memory: two samples and their pairs.
 */
export async function checkDrift(
  { p: least }: { p: number },
  {
    session,
    passages,
    passagesBefore,
    isSameModel,
  }: { session: Session; passages: Snapshot; passagesBefore: Snapshot | undefined; isSameModel: boolean },
): Promise<Pick<CheckResult, 'status' | 'observed' | 'expected'>> {
  const expected = `p of at least ${least}`;
  if (!passagesBefore || isSame(passages, passagesBefore)) return { status: 'passed', observed: 1, expected };
  if (!isSameModel) return { status: 'passed', observed: null, expected };
  const now = await vectorsOf(session, passages);
  const before = await vectorsOf(session, passagesBefore);
  if (now.length < 2 || before.length < 2) return { status: 'passed', observed: null, expected };
  const { p } = driftTest(now, before, { permutations: PERMUTATIONS, seed: SEED });
  return { status: p < least ? 'failed' : 'passed', observed: p, expected };
}

function isSame(one: Snapshot, other: Snapshot): boolean {
  return one.root === other.root && one.version === other.version;
}

/**
 * Of the first passages of records, those with the smallest digests, each text once: passages of one record are alike, so that two samples with
 * several of each would seem to differ more often than they do.
 */
async function vectorsOf(session: Session, passages: Snapshot): Promise<Float32Array[]> {
  await using rows = await relation(passages);
  const first = `(SELECT _hash, _passage, _embedding FROM ${rows.sql} AS p WHERE _ordinal = 0)`;
  const chosen = `SELECT _hash, min(_passage) AS _passage FROM ${first} GROUP BY _hash ORDER BY _hash LIMIT ${SAMPLE}`;
  const sql = `SELECT DISTINCT ON (_hash) _embedding FROM (${chosen}) JOIN ${first} USING (_hash, _passage) ORDER BY _hash`;
  const vectors: Float32Array[] = [];
  for await (const batch of session.stream(sql))
    for (const [embedding] of batch as [{ items: number[] }][])
      vectors.push(Float32Array.from(embedding.items));
  return vectors;
}
