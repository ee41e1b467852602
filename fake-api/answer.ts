import { vectorOf } from './vector.ts';

/** A request that can be answered. */
export interface Asked {
  readonly texts: readonly string[];
  readonly model: string;
  readonly dimension: number;
  readonly encoding: 'base64' | 'float';
}

export interface Answer {
  object: 'list';
  model: string;
  data: Item[];
  usage: { prompt_tokens: number; total_tokens: number };
}

export interface Item {
  object: 'embedding';
  index: number;
  embedding: string | (number | null)[];
}

/** The right answer. */
export function answerTo({ texts, model, dimension, encoding }: Asked): Answer {
  const tokens = tokensOf(texts);
  return {
    object: 'list',
    model,
    data: texts.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: encode(vectorOf(text, dimension), encoding),
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** A word, and each further eight letters of it. */
export function tokensOf(texts: readonly string[]): number {
  return texts
    .flatMap((text) => text.split(/\s+/).filter((word) => word !== ''))
    .reduce((sum, word) => sum + Math.ceil(word.length / 8), 0);
}

/** NaN and infinity are written as Python writes them: not at all JSON. */
export function encode(vector: Float32Array, encoding: 'base64' | 'float'): string | number[] {
  if (encoding === 'float') return Array.from(vector);
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes.toString('base64');
}
