import { shapeDigest } from './shape-digest.ts';
import { tooLong } from './text-failure.ts';
import type { Embedder, HashSpec, ModelInfo, TextFailure, Tokenizer } from './types.ts';
import { normaliseInto } from './vector.ts';

const DIMENSION = 384;
const MAX_TOKENS = 256;
/** A word weighs more than one of its parts, so that shared words decide and shared stems help. */
const WORD_WEIGHT = 1;
const GRAM_WEIGHT = 0.4;
const GRAM_LENGTHS = [3, 4] as const;

/**
 * An embedder without a model: every word and its character n-grams are hashed, with a sign, into `dimension` numbers
 * (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning"). Only additions, products and square
 * roots in a fixed order: bitwise equal on every machine. It runs on the calling thread.
 */
export function openHashEmbedder(spec: HashSpec): Embedder {
  const info = hashModelInfo(spec);
  const normalize = spec.normalize ?? true;
  return {
    info,
    embed: async (texts, options) => {
      const vectors = new Float32Array(texts.length * info.dimension);
      const failures: TextFailure[] = [];
      const sums = new Float64Array(info.dimension);
      for (const [index, text] of texts.entries()) {
        options?.signal?.throwIfAborted();
        sums.fill(0);
        const tokens = addFeatures(sums, text);
        const at = index * info.dimension;
        if (tokens <= info.maxTokens) normaliseInto(vectors, at, sums, normalize);
        else {
          vectors.fill(Number.NaN, at, at + info.dimension);
          failures.push(tooLong(index, tokens, info.maxTokens));
        }
      }
      return { vectors, failures };
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

export function hashModelInfo(spec: HashSpec): ModelInfo {
  const dimension = spec.dimension ?? DIMENSION;
  const normalize = spec.normalize ?? true;
  const settings = { id: 'hash', version: 1, dimension, normalize, maxTokens: MAX_TOKENS };
  return {
    id: 'hash',
    digest: shapeDigest(settings),
    dimension,
    maxTokens: MAX_TOKENS,
    queryPrefix: '',
    passagePrefix: '',
    languages: undefined,
  };
}

/** A token is a run of letters, marks and digits; there are no special tokens. */
export const hashTokenizer: Tokenizer = {
  count: (text) => words(text).length,
  encode: (text) => Int32Array.from(words(text), (word) => hash(word, 0, word.length)),
  specialTokens: 0,
};

function words(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/** Adds the text's features and returns how many words it has. A text without words, or whose features cancel out, gets one of its own. */
function addFeatures(sums: Float64Array, text: string): number {
  const found = words(text);
  for (const word of found) {
    addFeature(sums, hash(word, 0, word.length), WORD_WEIGHT);
    const framed = `<${word}>`;
    for (const length of GRAM_LENGTHS) {
      for (let start = 0; start + length <= framed.length; start++) {
        addFeature(sums, hash(framed, start, start + length), GRAM_WEIGHT);
      }
    }
  }
  if (sums.every((value) => value === 0)) addFeature(sums, hash(text, 0, text.length), WORD_WEIGHT);
  return found.length;
}

function addFeature(sums: Float64Array, feature: number, weight: number): void {
  const slot = (feature >>> 1) % sums.length;
  sums[slot]! += feature & 1 ? weight : -weight;
}

/** FNV-1a over UTF-16 code units, then the finaliser of MurmurHash3, so that every bit depends on every character. */
function hash(text: string, start: number, end: number): number {
  let h = 0x811c9dc5;
  for (let i = start; i < end; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
