import { argumentsOf, calledName } from '../python/call.ts';
import { field, type SyntaxNode, textOf } from '../python/node.ts';
import { apiOf } from './api.ts';
import { entryOf, literalOf, numberLiteral, textLiteral } from './constants.ts';
import type { Functions } from './functions.ts';
import { isNormalised, maxTokensOf, precisionOf } from './model-settings.ts';
import { lastOf } from './origin.ts';
import type { Fact, ModelFact } from './recipe.ts';
import type { Trace } from './trace/trace.ts';
import type { Embedding } from './trace/traced.ts';

const EMPTY: ModelFact = {
  ...{ library: 'unknown', where: 'local', name: undefined, revision: undefined, precision: undefined },
  ...{ normalize: undefined, batch: undefined, maxTokens: undefined, dimension: undefined },
  ...{ queryPrefix: undefined, passagePrefix: undefined, url: undefined, keyVariable: undefined },
  ...{ urlVariable: undefined, hasUrl: false, unscaled: false },
  ...{ azure: undefined, function: undefined, ofQuestions: undefined },
};

const LOCAL: readonly (readonly [RegExp, string])[] = [
  [/SentenceTransformer\b/, 'sentence-transformers'],
  [/HuggingFace(Bge|Instruct)?Embeddings?|SentenceTransformerEmbeddings?/i, 'langchain-huggingface'],
  [/fastembed|TextEmbedding/, 'fastembed'],
  [/chromadb/, 'chromadb'],
  [/FlagEmbedding|FlagModel/, 'FlagEmbedding'],
  [/INSTRUCTOR|InstructorEmbedding/, 'InstructorEmbedding'],
  [/TfidfVectorizer|CountVectorizer|HashingVectorizer/, 'scikit-learn'],
  [/BERTopic/, 'BERTopic'],
  [/top2vec/i, 'Top2Vec'],
  [/^transformers\./, 'transformers'],
  [/tensorflow_hub/, 'tensorflow_hub'],
  [/spacy/, 'spaCy'],
  [/Doc2Vec/, 'gensim'],
];

/** The model of the corpus's vectors: the last call counts, what others say instead is kept. */
export function modelFact(
  embeddings: readonly Embedding[],
  functions: Functions,
  trace: Trace,
): Fact<ModelFact> | undefined {
  const found = embeddings.map((embedding) => ({ value: modelOf(embedding, trace), node: embedding.node }));
  const fact = lastOf(found);
  if (!fact) return undefined;
  const { alternatives, value, ...rest } = fact;
  const chosen = embeddings.at(-1)!;
  // An API is asked by the pipeline itself; what else the function did to the text is in how the text is made.
  const fn = value.where === 'api' ? undefined : functionOf(chosen, functions);
  const differs = (one: { value: ModelFact }) =>
    one.value.library !== value.library || one.value.name !== value.name;
  const ofQuestions = fn && trace.ofQuestions.at(-1);
  const asked = fn && ofQuestions && functions.keep(ofQuestions, chosen.at);
  return {
    ...rest,
    value: { ...value, function: fn, ofQuestions: asked },
    alternatives: alternatives.filter(differs),
  };
}

function modelOf(embedding: Embedding, trace: Trace): ModelFact {
  const { path, maker, node } = embedding;
  const makerPath = maker ? (trace.analysis.knownOf(field(maker, 'function')).path ?? '') : '';
  const whole = `${path} ${makerPath}`;
  const api = apiOf(embedding, makerPath, trace);
  if (api) return { ...EMPTY, ...api };
  const library =
    LOCAL.find(([pattern]) => pattern.test(makerPath))?.[1] ??
    LOCAL.find(([pattern]) => pattern.test(whole))?.[1];
  const layers = layersOf(maker, trace);
  const given = layers?.transformer ?? (maker && argumentsOf(maker));
  const call = argumentsOf(node);
  const encoding = given?.named.get('encode_kwargs');
  const flag =
    literalOf(call.named.get('normalize_embeddings'), trace) ??
    entryOf(encoding, 'normalize_embeddings', trace);
  // LlamaIndex scales vectors unless told otherwise.
  const isLlama =
    /^llama_index\b/.test(makerPath) && literalOf(given?.named.get('normalize'), trace) !== false;
  const name = nameOf(library, makerPath, given, embedding, trace);
  return {
    ...EMPTY,
    library: library ?? 'unknown',
    name,
    revision:
      textLiteral(given?.named.get('revision'), trace) ??
      textEntry(given?.named.get('model_kwargs') ?? given?.named.get('model_args'), 'revision', trace),
    precision: precisionOf(embedding, library, trace),
    normalize:
      flag === true || isNormalised(trace) || library === 'fastembed' || library === 'chromadb' || isLlama
        ? true
        : flag === false
          ? false
          : undefined,
    batch: numberLiteral(call.named.get('batch_size'), trace) ?? numberEntry(encoding, 'batch_size', trace),
    maxTokens:
      maxTokensOf(embedding, trace) ?? numberLiteral(layers?.transformer.named.get('max_seq_length'), trace),
    unscaled: layers !== undefined && !layers.scales,
    ...prefixes(embedding, given, call, trace, makerPath, name),
  };
}

/** `SentenceTransformer(modules=[models.Transformer(NAME), models.Pooling(...)])`: what the first is given, and whether one scales. */
function layersOf(maker: SyntaxNode | undefined, trace: Trace) {
  const list = maker && argumentsOf(maker).named.get('modules');
  const calls = (list?.type === 'list' ? list.children : []).map((layer) =>
    layer.type === 'call' ? layer : trace.analysis.knownOf(layer).call,
  );
  const isOf = (call: SyntaxNode | undefined, name: string) =>
    call !== undefined && calledName(call) === name;
  const first = calls[0];
  if (!first || !isOf(first, 'Transformer')) return undefined;
  return { transformer: argumentsOf(first), scales: calls.some((call) => isOf(call, 'Normalize')) };
}

type Given = ReturnType<typeof argumentsOf> | undefined;

function nameOf(
  library: string | undefined,
  makerPath: string,
  given: Given,
  embedding: Embedding,
  trace: Trace,
): string | undefined {
  for (const option of [
    'model_name',
    'model_name_or_path',
    'model',
    'embedding_model',
    'pretrained_model_name_or_path',
  ])
    if (given?.named.has(option)) return textLiteral(given.named.get(option), trace);
  const first = textLiteral(given?.positional[0], trace);
  if (library === 'chromadb') return 'all-MiniLM-L6-v2';
  if (library === 'BERTopic') return ofTopics(given, trace);
  if (library === 'scikit-learn') return /(\w+)\.fit_transform$/.exec(embedding.path)?.[1];
  if (library === 'langchain-huggingface' && first === undefined)
    return given && given.positional.length === 0 && !given.splat ? standardOf(makerPath) : undefined;
  if (library === 'fastembed' && given && given.positional.length === 0) return 'BAAI/bge-small-en-v1.5';
  return first;
}

/** What BERTopic takes for a language where it is given no model. */
function ofTopics(given: Given, trace: Trace): string | undefined {
  const language = literalOf(given?.named.get('language') ?? given?.positional[0], trace);
  if (given === undefined || (!given.named.has('language') && given.positional.length === 0))
    return given?.splat ? undefined : 'all-MiniLM-L6-v2';
  if (typeof language !== 'string') return undefined;
  return language.toLowerCase() === 'english' ? 'all-MiniLM-L6-v2' : 'paraphrase-multilingual-MiniLM-L12-v2';
}

/** What classes of LangChain and LlamaIndex take where they are given no name. */
const STANDARD: readonly (readonly [RegExp, string])[] = [
  [/HuggingFaceBgeEmbeddings/, 'BAAI/bge-large-en'],
  [/HuggingFaceInstructEmbeddings/, 'hkunlp/instructor-large'],
  [/^llama_index\b/, 'BAAI/bge-small-en'],
  [/./, 'sentence-transformers/all-mpnet-base-v2'],
];

function standardOf(makerPath: string): string | undefined {
  return STANDARD.find(([pattern]) => pattern.test(makerPath))?.[1];
}

/** A prefix is an instruction of the model, an argument of the call, or a literal that all texts begin with. */
function prefixes(
  embedding: Embedding,
  given: Given,
  call: NonNullable<Given>,
  trace: Trace,
  makerPath: string,
  name: string | undefined,
) {
  const prompt = textLiteral(call.named.get('prompt'), trace);
  const named = textLiteral(call.named.get('prompt_name'), trace);
  const prompts = given?.named.get('prompts');
  const ofName = named === undefined ? undefined : textEntry(prompts, named, trace);
  const passagePrefix = prompt ?? ofName ?? textLiteral(given?.named.get('embed_instruction'), trace);
  const own = textLiteral(
    given?.named.get('query_instruction') ?? given?.named.get('query_instruction_for_retrieval'),
    trace,
  );
  // LangChain's class for BGE, and LlamaIndex for these models, put this before questions unless told otherwise.
  const isBge =
    given !== undefined &&
    (/HuggingFaceBgeEmbeddings/.test(textOf(embedding.maker!)) ||
      (/^llama_index\b/.test(makerPath) && /^BAAI\/bge-(small|base|large)-en(-v1\.5)?$/.test(name ?? '')));
  const queryPrefix =
    own ?? (isBge ? 'Represent this question for searching relevant passages: ' : undefined);
  return { queryPrefix, passagePrefix };
}

function textEntry(node: SyntaxNode | undefined, key: string, trace: Trace): string | undefined {
  const value = entryOf(node, key, trace);
  return typeof value === 'string' ? value : undefined;
}

function numberEntry(node: SyntaxNode | undefined, key: string, trace: Trace): number | undefined {
  const value = entryOf(node, key, trace);
  return typeof value === 'number' ? value : undefined;
}

/** The innermost function of the notebook that gives the vectors of the texts that it is given. */
function functionOf(embedding: Embedding, functions: Functions): ModelFact['function'] {
  const fn = embedding.through.at(-1);
  // A function that is given something else first, or what is no literal, cannot be called with texts alone.
  if (!fn || !embedding.cells || !embedding.args) return undefined;
  const takes = embedding.cells.many ? 'many' : 'one';
  const { args } = embedding;
  const name = functions.keep(fn, embedding.at);
  return name === undefined || !functions.isWhole(name)
    ? undefined
    : { name, takes, ...(args.length > 0 && { args }) };
}
