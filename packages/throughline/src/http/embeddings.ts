import { ThroughlineError } from '../error.ts';
import { askApart } from './apart.ts';
import type { HttpClient } from './client.ts';
import { embeddingReply, embeddingRequest, type Reply } from './embedding-request.ts';
import { describe, type HttpError } from './errors.ts';
import { openHarvest } from './harvest.ts';
import { openSeenVectors } from './seen-vectors.ts';
import { checkSendable } from './sendable.ts';
import { HARMLESS, isOfTexts, isRefusal, reasonOf } from './text-fault.ts';
import type { HttpResponse } from './types.ts';

export interface EmbeddingsSpec {
  /** The whole address: `https://api.openai.com/v1/embeddings`. */
  readonly url: string;
  readonly model: string;
  /** The name by which the server answers, where it is another: Azure is asked for a deployment. */
  readonly answersAs?: string;
  /** Every vector has so many numbers. */
  readonly dimension: number;
  /** The server is asked for that dimension (Matryoshka). */
  readonly shorten?: boolean;
  /** Names in small letters: `authorization: Bearer KEY`, or `api-key: KEY`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is asked for: base64 is a third of the bytes. Both are read, whatever was asked. */
  readonly encoding?: 'base64' | 'float';
  /** How many tokens the server will count for a text, about. */
  readonly countTokens?: (text: string) => number;
}

export interface EmbeddingsAnswer {
  /** One vector of `dimension` numbers a text, in the order of the texts; NaN for those in `failures`. */
  readonly vectors: Float32Array;
  readonly failures: readonly TextFailure[];
  /** Counted by the server for the vectors; estimated where it does not say. */
  readonly tokens: number;
  /** What ended the call early: texts with neither a vector nor a failure are still to be asked for. */
  readonly error?: ThroughlineError;
}

/** A text that the server will not embed, whatever is tried. */
export interface TextFailure {
  /** Position of the text in the call. */
  readonly index: number;
  /** `http_400`, `http_413`, `http_422`, `http_500`, `http_invalid`. */
  readonly code: string;
  readonly message: string;
}

/** What was decided, told once each. */
export type EmbeddingsEvent =
  /** So many texts were refused together, and are asked for in halves. */
  | { readonly type: 'split'; readonly texts: number; readonly reason: string }
  | { readonly type: 'text-failed'; readonly failure: TextFailure }
  /** Accepted, but to be looked at: so many texts have the vector of another text. */
  | { readonly type: 'same-vector'; readonly texts: number };

export interface Embeddings {
  /**
   * One request for all texts: the caller makes batches. Where some are refused, it is split in halves until each is
   * embedded or alone. Throws what `HttpClient.send` throws for anything that is not about the texts, unless some were
   * embedded by then: what was paid for is always answered.
   */
  embed(texts: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<EmbeddingsAnswer>;
}

/**
 * An OpenAI-compatible `/embeddings`. Every answer is checked before any of it is used. Throws where no request can be
 * made of the spec.
 */
export function openEmbeddings(
  spec: EmbeddingsSpec,
  client: HttpClient,
  onEvent: (event: EmbeddingsEvent) => void = () => {},
): Embeddings {
  checkSendable(spec);
  const seen = openSeenVectors();
  /** Requests in the order in which they were sent; the last that was accepted. */
  let [sent, accepted] = [0, 0];
  const sentAs = new WeakMap<object, number>();

  const ask = async (texts: readonly string[], signal?: AbortSignal): Promise<Reply> => {
    const check = (response: HttpResponse) => embeddingReply(spec, texts, response, seen);
    const number = ++sent;
    const reply = await client.send(embeddingRequest(spec, texts), check, signal).catch((error) => {
      sentAs.set(error, number);
      throw error;
    });
    accepted = Math.max(accepted, number);
    if (reply.repeated > 0) onEvent({ type: 'same-vector', texts: reply.repeated });
    return reply;
  };

  const embed: Embeddings['embed'] = async (texts, { signal } = {}) => {
    const harvest = openHarvest(texts.length, spec.dimension);
    const failures: TextFailure[] = [];
    /** Whether an error of this call was found to be of its texts. */
    let isLookedAt = false;
    const asking = askApart([...texts.keys()], {
      ask: async (positions) => {
        const some = positions.map((at) => texts[at]!);
        return harvest.keep(positions, await ask(some, signal));
      },
      isOfPositions: async (error, alone) => {
        // Halves are asked for anyway: the last look has to be sure, and the first, before much is asked for in vain.
        const isProven = alone ? accepted > (sentAs.get(error as object) ?? 0) : accepted > 0;
        const isSure = isLookedAt && !alone;
        isLookedAt = await isOfTexts(error, isProven, async () => isSure || ask([HARMLESS], signal));
        return isLookedAt;
      },
      isCertain: isRefusal,
      split: (error, { length }) =>
        onEvent({ type: 'split', texts: length, reason: describe((error as HttpError).failure) }),
      refused: (errors, index) => {
        const failure = { index, ...reasonOf(errors as HttpError[]) };
        failures.push(failure);
        onEvent({ type: 'text-failed', failure });
      },
    });
    const error = await asking.then(
      () => undefined,
      (thrown) => {
        if (harvest.tokens === 0 || !(thrown instanceof ThroughlineError)) throw thrown;
        return thrown;
      },
    );
    const { vectors, tokens } = harvest;
    failures.sort((a, b) => a.index - b.index);
    return { vectors, tokens, failures, ...(error === undefined ? {} : { error }) };
  };
  return { embed };
}
