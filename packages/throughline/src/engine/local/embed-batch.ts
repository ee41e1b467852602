/** Vectors for passages: from the cache, from another batch that is under way, or from the model. */
import type { VectorCache } from '../../lake/vectors.ts';
import { BadVectorError, type Embedder, TextTooLongError } from '../../model/index.ts';

export interface Text {
  hash: string;
  text: string;
}

export interface Embedded {
  /** By hash; a text that the model cannot embed is in `failed` instead. */
  vectors: Map<string, Float32Array>;
  failed: Map<string, string>;
  /** Texts that the model embedded for this batch; the others were known, or another batch embedded them. */
  fresh: Set<string>;
}

export type EmbedBatch = (texts: readonly Text[]) => Promise<Embedded>;

/** Where vectors are looked up, and kept. */
type KnownVectors = Pick<VectorCache, 'lookup' | 'add'>;

export function createEmbedBatch(embedder: Embedder, cache: KnownVectors, signal: AbortSignal): EmbedBatch {
  /** Texts that some batch is embedding now: the others wait for it instead of embedding them again. */
  const underway = new Map<string, Promise<Outcome>>();

  return async (texts) => {
    const distinct = new Map(texts.map(({ hash, text }) => [hash, text]));
    const vectors = new Map<string, Float32Array>();
    const failed = new Map<string, string>();
    const waiting = [...distinct.keys()].flatMap((hash) => underway.get(hash) ?? []);
    const free = [...distinct.keys()].filter((hash) => !underway.has(hash));
    // Registered before the first await, so that two batches never take the same text.
    const outcome = resolveTexts(free, distinct, embedder, cache, signal);
    for (const hash of free) underway.set(hash, outcome);
    try {
      for (const result of await Promise.all([outcome, ...new Set(waiting)])) {
        for (const hash of distinct.keys()) {
          const vector = result.vectors.get(hash);
          if (vector) vectors.set(hash, vector);
          const reason = result.failed.get(hash);
          if (reason !== undefined) failed.set(hash, reason);
        }
      }
    } finally {
      for (const hash of free) underway.delete(hash);
    }
    return { vectors, failed, fresh: (await outcome).fresh };
  };
}

interface Outcome {
  vectors: Map<string, Float32Array>;
  failed: Map<string, string>;
  fresh: Set<string>;
}

/** Texts of one call to the model: when it returns they are kept, so a kill costs no more than what is under way. */
const CALL_TEXTS = 32;

async function resolveTexts(
  hashes: readonly string[],
  texts: ReadonlyMap<string, string>,
  embedder: Embedder,
  cache: KnownVectors,
  signal: AbortSignal,
): Promise<Outcome> {
  const vectors = await cache.lookup(hashes);
  // The model takes texts of equal length together: calls of such texts end one after the other, not all at last.
  const lengthOf = (hash: string) => texts.get(hash)!.length;
  const missing = hashes.filter((hash) => !vectors.has(hash)).sort((a, b) => lengthOf(a) - lengthOf(b));
  const outcome: Outcome = { vectors, failed: new Map(), fresh: new Set() };
  const calls: Promise<void>[] = [];
  for (let i = 0; i < missing.length; i += CALL_TEXTS) {
    calls.push(embedSome(missing.slice(i, i + CALL_TEXTS), texts, embedder, cache, signal, outcome));
  }
  // All have ended before an error goes on: none writes to the cache after it.
  const failures = (await Promise.allSettled(calls)).filter((call) => call.status === 'rejected');
  if (failures[0]) throw failures[0].reason;
  return outcome;
}

async function embedSome(
  hashes: readonly string[],
  texts: ReadonlyMap<string, string>,
  embedder: Embedder,
  cache: KnownVectors,
  signal: AbortSignal,
  { vectors, failed, fresh }: Outcome,
): Promise<void> {
  let missing = hashes;
  while (missing.length > 0) {
    try {
      const flat = await embedder.embed(
        missing.map((hash) => texts.get(hash)!),
        { signal },
      );
      const { dimension } = embedder.info;
      for (const [i, hash] of missing.entries()) {
        vectors.set(hash, flat.subarray(i * dimension, (i + 1) * dimension));
        fresh.add(hash);
      }
      await cache.add(missing, flat);
      return;
    } catch (error) {
      // The one text that cannot be embedded must not cost the others.
      if (!(error instanceof BadVectorError || error instanceof TextTooLongError)) throw error;
      const bad = missing[error.index]!;
      failed.set(bad, error.message);
      missing = missing.filter((hash) => hash !== bad);
    }
  }
}
