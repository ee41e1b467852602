/** Vectors for passages: from the cache, from another batch that is under way, or from the model. */

import { reachOf } from '../../chunk/failure.ts';
import { asThroughlineError, type ThroughlineError } from '../../error.ts';
import type { VectorCache } from '../../lake/vectors.ts';
import type { Embedder, TextFailure } from '../../model/index.ts';

export interface Text {
  hash: string;
  text: string;
}

/** By hash of the text. Every text is in one of the first three. */
export interface EmbeddedBatch {
  vectors: Map<string, Float32Array>;
  /** Texts that the model cannot embed. */
  failed: Map<string, Pick<TextFailure, 'code' | 'message'>>;
  /** Texts whose call failed, whatever the text: their chunks are to be tried again. */
  unanswered: Map<string, ThroughlineError>;
  /** Texts that the model embedded for this batch; the others were known, or another batch embedded them. */
  fresh: Set<string>;
}

/** Throws what ends the run. */
export type EmbedBatch = (texts: readonly Text[]) => Promise<EmbeddedBatch>;

/** Where vectors are looked up, and kept. */
type KnownVectors = Pick<VectorCache, 'lookup' | 'add'>;

/**
 * `signal` ends the run. `holding` gives a signal that ends the calls under way and leaves their texts unanswered: it is asked
 * for each batch.
 */
export function createEmbedBatch(
  embedder: Embedder,
  cache: KnownVectors,
  signal: AbortSignal,
  holding?: () => AbortSignal,
): EmbedBatch {
  /** Texts that some batch is embedding now: the others wait for it instead of embedding them again. */
  const underway = new Map<string, Promise<EmbeddedBatch>>();

  return async (texts) => {
    const distinct = new Map(texts.map(({ hash, text }) => [hash, text]));
    const waiting = [...distinct.keys()].flatMap((hash) => underway.get(hash) ?? []);
    const free = [...distinct.keys()].filter((hash) => !underway.has(hash));
    // Registered before the first await, so that two batches never take the same text.
    const own = resolveTexts(free, distinct, { embedder, cache, signal, holding: holding?.() ?? signal });
    for (const hash of free) underway.set(hash, own);
    try {
      const all = nothingYet();
      // All have ended before an error goes on: what they pay for is kept.
      for (const one of await allEnded([own, ...new Set(waiting)])) take(all, one, distinct);
      return { ...all, fresh: (await own).fresh };
    } finally {
      for (const hash of free) underway.delete(hash);
    }
  };
}

/** What the promises resolve to; throws the first rejection once the last has ended. */
async function allEnded<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const ends = await Promise.allSettled(promises);
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

function nothingYet(): EmbeddedBatch {
  return { vectors: new Map(), failed: new Map(), unanswered: new Map(), fresh: new Set() };
}

/** Of what another batch has, that which is asked for. */
function take(into: EmbeddedBatch, from: EmbeddedBatch, asked: ReadonlyMap<string, string>): void {
  const copy = <T>(to: Map<string, T>, source: ReadonlyMap<string, T>) => {
    for (const [hash, value] of source) if (asked.has(hash)) to.set(hash, value);
  };
  copy(into.vectors, from.vectors);
  copy(into.failed, from.failed);
  copy(into.unanswered, from.unanswered);
}

/** Texts of one call to the model: when it returns they are kept, so a kill costs no more than what is under way. */
const CALL_TEXTS = 32;

interface Calls {
  embedder: Embedder;
  cache: KnownVectors;
  signal: AbortSignal;
  holding: AbortSignal;
}

async function resolveTexts(
  hashes: readonly string[],
  texts: ReadonlyMap<string, string>,
  by: Calls,
): Promise<EmbeddedBatch> {
  const { embedder, cache, signal } = by;
  const embedded = nothingYet();
  try {
    for (const [hash, vector] of await cache.lookup(hashes)) embedded.vectors.set(hash, vector);
  } catch (thrown) {
    unansweredUnlessOfRun(hashes, thrown, embedded, signal);
    return embedded;
  }
  // The model takes texts of equal length together: calls of such texts end one after the other, not all at last.
  const lengthOf = (hash: string) => texts.get(hash)!.length;
  const missing = hashes
    .filter((hash) => !embedded.vectors.has(hash))
    .sort((a, b) => lengthOf(a) - lengthOf(b));
  const size = embedder.info.batch ?? CALL_TEXTS;
  const calls: Promise<void>[] = [];
  for (let i = 0; i < missing.length; i += size) {
    calls.push(embedSome(missing.slice(i, i + size), texts, by, embedded));
  }
  // None writes to the cache after an error has gone on.
  await allEnded(calls);
  return embedded;
}

type Answer = Awaited<ReturnType<Embedder['embed']>>;

const NOTHING = new Float32Array(0);

async function embedSome(
  hashes: readonly string[],
  texts: ReadonlyMap<string, string>,
  { embedder, cache, signal, holding }: Calls,
  embedded: EmbeddedBatch,
): Promise<void> {
  const { vectors, failed, unanswered, fresh } = embedded;
  const asked = hashes.map((hash) => texts.get(hash)!);
  const { dimension } = embedder.info;
  const answer = await embedder
    .embed(asked, { signal: AbortSignal.any([signal, holding]) })
    .catch((thrown): Answer => {
      if (signal.aborted) throw thrown;
      return { vectors: NOTHING, failures: [], error: asThroughlineError(thrown) };
    });
  for (const { index, code, message } of answer.failures) failed.set(hashes[index]!, { code, message });
  const good: string[] = [];
  for (const [i, hash] of hashes.entries()) {
    if (failed.has(hash)) continue;
    const vector = answer.vectors.subarray(i * dimension, (i + 1) * dimension);
    if (answer.error && Number.isNaN(vector[0] ?? Number.NaN)) unanswered.set(hash, answer.error);
    else {
      vectors.set(hash, vector);
      fresh.add(hash);
      good.push(hash);
    }
  }
  // What was paid for is kept, also where the call ends the run.
  try {
    await cache.add(good.map((hash) => [hash, vectors.get(hash)!]));
  } catch (thrown) {
    unansweredUnlessOfRun(hashes, thrown, embedded, signal);
  }
  if (answer.error && reachOf(answer.error) === 'run') throw answer.error;
}

/** A store that fails for a moment costs the texts' chunks an attempt. Throws what ends the run. */
function unansweredUnlessOfRun(
  hashes: readonly string[],
  thrown: unknown,
  { unanswered }: EmbeddedBatch,
  signal: AbortSignal,
): void {
  const error = asThroughlineError(thrown);
  if (signal.aborted || reachOf(error) === 'run') throw thrown;
  for (const hash of hashes) unanswered.set(hash, error);
}
