import { readEmbeddingAnswer } from './embedding-answer.ts';
import type { EmbeddingsSpec } from './embeddings.ts';
import { InvalidResponseError } from './errors.ts';
import type { SeenVectors } from './seen-vectors.ts';
import type { Checked, HttpRequest, HttpResponse } from './types.ts';

export function embeddingRequest(spec: EmbeddingsSpec, texts: readonly string[]): HttpRequest {
  const { url, model, dimension, shorten, headers, encoding = 'base64' } = spec;
  const dimensions = shorten ? { dimensions: dimension } : {};
  return {
    method: 'POST',
    url,
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ model, input: texts, encoding_format: encoding, ...dimensions }),
    tokens: tokensOf(spec, texts),
  };
}

/** What came for a batch; positions are those of the batch. */
export interface Reply {
  readonly good: ReadonlyMap<number, Float32Array>;
  /** To be asked for again, without the others. */
  readonly bad: readonly number[];
  readonly tokens: number;
  /** So many have the vector of another text. */
  readonly repeated: number;
}

/** Throws InvalidResponseError for an answer that is not one to this request, also when it is that of an earlier one. */
export function embeddingReply(
  spec: EmbeddingsSpec,
  texts: readonly string[],
  response: HttpResponse,
  seen: SeenVectors,
): Checked<Reply> {
  const { dimension, model, answersAs = model } = spec;
  const answer = readEmbeddingAnswer(response, { count: texts.length, dimension, model: answersAs });
  const good = new Map<number, Float32Array>();
  for (const at of texts.keys())
    if (!answer.bad.has(at)) good.set(at, answer.vectors.subarray(at * dimension, (at + 1) * dimension));
  const goodTexts = [...good.keys()].map((at) => texts[at]!);
  const { repeated, isEarlierAnswer } = seen.compare(goodTexts, [...good.values()]);
  if (isEarlierAnswer)
    throw new InvalidResponseError('the vectors are those of other texts, asked for before');
  const tokens = answer.tokens ?? tokensOf(spec, texts);
  return { value: { good, bad: [...answer.bad.keys()], tokens, repeated }, tokens };
}

/** In languages of the Latin alphabet, about; others have more, which the server's own count corrects. */
const CHARACTERS_PER_TOKEN = 4;

function tokensOf({ countTokens = estimate }: EmbeddingsSpec, texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + countTokens(text), 0);
}

function estimate(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
