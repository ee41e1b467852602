/** An OpenAI-compatible API as an embedder: `http/` sends and checks, this keeps to the contract of embedders. */

import { type EmbeddingsEvent, type HttpEvent, openEmbeddings, openHttpClient } from '../http/index.ts';
import { keyHeaders } from './api-key.ts';
import { estimatingTokenizer } from './estimating-tokenizer.ts';
import { shapeDigest } from './shape-digest.ts';
import type { ApiSpec, Embedder, ModelInfo } from './types.ts';
import { normaliseRows } from './vector.ts';

export type ApiEvent = HttpEvent | EmbeddingsEvent;

/** Nothing is sent before the first call of `embed`. Throws with exit code 78 where the key is not set. */
export function openApi(
  spec: ApiSpec,
  onEvent: (event: ApiEvent) => void = () => {},
  env: NodeJS.ProcessEnv = process.env,
): Embedder {
  const info = apiInfo(spec);
  const client = openHttpClient(spec.policy, onEvent);
  const embeddings = openEmbeddings(
    {
      ...{ url: spec.url, model: spec.name, dimension: spec.dimension, shorten: spec.shorten },
      headers: keyHeaders(spec, env),
      ...(spec.answersAs === undefined ? {} : { answersAs: spec.answersAs }),
      encoding: spec.encoding,
      countTokens: estimatingTokenizer.count,
    },
    client,
    onEvent,
  );
  const closing = new AbortController();
  return {
    info,
    embed: async (texts, { kind = 'passage', signal } = {}) => {
      const prefix = kind === 'query' ? info.queryPrefix : info.passagePrefix;
      const signals = signal === undefined ? [closing.signal] : [closing.signal, signal];
      const embedded = await embeddings.embed(
        texts.map((text) => prefix + text),
        { signal: AbortSignal.any(signals) },
      );
      if (spec.normalize ?? true) normaliseRows(embedded.vectors, info.dimension);
      return embedded;
    },
    usage: client.stats,
    close: async () => closing.abort(new Error('the embedder was closed')),
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}

/** The address is no part of the digest: the same model by another road gives the same vectors. */
export function apiInfo(spec: ApiSpec): ModelInfo {
  const { name, dimension, shorten, maxTokens, queryPrefix = '', passagePrefix = '', batch, policy } = spec;
  const { pricePerMillionTokens } = policy.budget;
  const shape = { name, dimension, shorten, maxTokens, queryPrefix, passagePrefix };
  const { normalize = true, revision } = spec;
  return {
    id: name,
    digest: shapeDigest({ kind: 'api', ...shape, normalize, revision }),
    ...{ dimension, maxTokens, queryPrefix, passagePrefix, batch },
    languages: undefined,
    costly: true,
    ...(pricePerMillionTokens === undefined ? {} : { pricePerMillionTokens }),
  };
}
