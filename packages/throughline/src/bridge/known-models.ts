/** What well-known models take and give, where a notebook leaves it to the library. */

export interface KnownModel {
  /** Numbers of a vector. */
  readonly dimension: number;
  /** Tokens after which the library cuts a text: `max_seq_length` of the model's sentence_bert_config.json. */
  readonly maxTokens: number;
  /** Whether the library gives vectors of length 1 by itself: a module Normalize in modules.json. */
  readonly normalized: boolean;
  /** What the model card wants before texts; libraries do not put it there by themselves. */
  readonly queryPrefix?: string;
  readonly passagePrefix?: string;
  /** Parts that an ONNX folder does not hold, such as a dense layer after pooling. */
  readonly beyondOnnx?: string;
}

const BGE = 'Represent this sentence for searching relevant passages: ';
const E5 = { queryPrefix: 'query: ', passagePrefix: 'passage: ' };

/** Source: config files and cards of the models on their hub, under these names. */
const MODELS: Readonly<Record<string, KnownModel>> = {
  'sentence-transformers/all-MiniLM-L6-v2': { dimension: 384, maxTokens: 256, normalized: true },
  'sentence-transformers/all-MiniLM-L12-v2': { dimension: 384, maxTokens: 128, normalized: true },
  'sentence-transformers/all-mpnet-base-v2': { dimension: 768, maxTokens: 384, normalized: true },
  'sentence-transformers/all-distilroberta-v1': { dimension: 768, maxTokens: 512, normalized: true },
  'sentence-transformers/multi-qa-MiniLM-L6-cos-v1': { dimension: 384, maxTokens: 512, normalized: true },
  'sentence-transformers/multi-qa-distilbert-cos-v1': { dimension: 768, maxTokens: 512, normalized: true },
  'sentence-transformers/multi-qa-mpnet-base-dot-v1': { dimension: 768, maxTokens: 512, normalized: false },
  'sentence-transformers/paraphrase-MiniLM-L6-v2': { dimension: 384, maxTokens: 128, normalized: false },
  'sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2': {
    dimension: 384,
    maxTokens: 128,
    normalized: false,
  },
  'sentence-transformers/paraphrase-multilingual-mpnet-base-v2': {
    dimension: 768,
    maxTokens: 128,
    normalized: false,
  },
  'sentence-transformers/bert-base-nli-mean-tokens': { dimension: 768, maxTokens: 128, normalized: false },
  'sentence-transformers/distiluse-base-multilingual-cased-v2': {
    ...{ dimension: 512, maxTokens: 128, normalized: false },
    beyondOnnx: 'a dense layer after pooling',
  },
  'BAAI/bge-small-en-v1.5': { dimension: 384, maxTokens: 512, normalized: true, queryPrefix: BGE },
  'BAAI/bge-base-en-v1.5': { dimension: 768, maxTokens: 512, normalized: true, queryPrefix: BGE },
  'BAAI/bge-large-en-v1.5': { dimension: 1024, maxTokens: 512, normalized: true, queryPrefix: BGE },
  'BAAI/bge-m3': { dimension: 1024, maxTokens: 8192, normalized: true },
  'intfloat/e5-small-v2': { dimension: 384, maxTokens: 512, normalized: true, ...E5 },
  'intfloat/e5-base-v2': { dimension: 768, maxTokens: 512, normalized: true, ...E5 },
  'intfloat/e5-large-v2': { dimension: 1024, maxTokens: 512, normalized: true, ...E5 },
  'intfloat/multilingual-e5-small': { dimension: 384, maxTokens: 512, normalized: true, ...E5 },
  'intfloat/multilingual-e5-base': { dimension: 768, maxTokens: 512, normalized: true, ...E5 },
  'intfloat/multilingual-e5-large': { dimension: 1024, maxTokens: 512, normalized: true, ...E5 },
  'thenlper/gte-small': { dimension: 384, maxTokens: 512, normalized: true },
  'thenlper/gte-base': { dimension: 768, maxTokens: 512, normalized: true },
  'thenlper/gte-large': { dimension: 1024, maxTokens: 512, normalized: true },
};

/** The library's own models that are called by their bare name; others of that form have no organisation, or another. */
const BARE =
  /^(all|multi-qa|paraphrase|msmarco|nq|gtr-t5|sentence-t5|stsb|nli|quora|distiluse|clip|average_word_embeddings|LaBSE|allenai-specter)([-_]|$)|-(nli|stsb)-/;

/** The whole name on the hub: a bare name is one of sentence-transformers, or undefined where it is not one of theirs. */
export function hubName(name: string): string | undefined {
  if (name.includes('/')) return name;
  const whole = `sentence-transformers/${name}`;
  return whole in MODELS || BARE.test(name) ? whole : undefined;
}

export function knownModel(name: string | undefined): KnownModel | undefined {
  const whole = name === undefined ? undefined : hubName(name);
  return whole === undefined || !Object.hasOwn(MODELS, whole) ? undefined : MODELS[whole];
}

/** Numbers of a vector and longest input of hosted models, by their providers' documentation. */
const HOSTED: Readonly<Record<string, { dimension: number; maxTokens: number }>> = {
  'text-embedding-3-small': { dimension: 1536, maxTokens: 8191 },
  'text-embedding-3-large': { dimension: 3072, maxTokens: 8191 },
  'text-embedding-ada-002': { dimension: 1536, maxTokens: 8191 },
};

export function hostedModel(name: string | undefined): { dimension: number; maxTokens: number } | undefined {
  return name === undefined ? undefined : HOSTED[name];
}
