/**
 * What is searched. The first passages are real texts, each another one. Beyond them a passage is derived from two: their texts, one after the other,
 * and a vector between theirs, normalised, as such a text's would be.
 */
import { WIDTH } from './embedded.ts';

export interface Corpus {
  texts: readonly string[];
  vectors: Float32Array;
}

/** Leaves out texts that the model does not take whole. */
export function withoutFailed({ texts, vectors }: Corpus): Corpus {
  const sound = [...texts.keys()].filter((i) => !Number.isNaN(vectors[i * WIDTH]));
  const kept = new Float32Array(sound.length * WIDTH);
  for (const [to, i] of sound.entries()) kept.set(vectors.subarray(i * WIDTH, (i + 1) * WIDTH), to * WIDTH);
  return { texts: sound.map((i) => texts[i]!), vectors: kept };
}

export interface Passage {
  text: string;
  vector: Float32Array;
}

export function passageAt({ texts, vectors }: Corpus, i: number): Passage {
  const of = (row: number) => vectors.subarray(row * WIDTH, (row + 1) * WIDTH);
  if (i < texts.length) return { text: texts[i]!, vector: of(i) };
  const first = i % texts.length;
  const second = scattered(i) % texts.length;
  const share = 0.5 + (scattered(i + 1) % 400) / 1_000;
  return {
    text: `${texts[first]} ${texts[second]}`,
    vector: between(of(first), of(second), share),
  };
}

function between(a: Float32Array, b: Float32Array, share: number): Float32Array {
  const mixed = a.map((value, i) => share * value + (1 - share) * b[i]!);
  const length = Math.hypot(...mixed);
  return mixed.map((value) => value / length);
}

/** From 0 to 999, evenly, and unlike the order of passages: filters choose by it. */
export function bucketOf(i: number): number {
  return scattered(i) % 1_000;
}

/** A whole number below 2^32 for each number: the finaliser of MurmurHash3 (Appleby). */
function scattered(i: number): number {
  let x = i + 1;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
