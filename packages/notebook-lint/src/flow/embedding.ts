import { type SyntaxNode, textOf } from '../python/node.ts';
import type { CallContext } from './call-value.ts';
import { isColumn, isFrame, type Value } from './value.ts';

/** Methods of models that live in the process. */
const ENCODERS =
  /(SentenceTransformer|INSTRUCTOR|FlagModel|BGEM3FlagModel|FlagLLMModel|TextEmbedding)\.(encode|encode_multi_process|embed|passage_embed|query_embed|encode_queries|encode_corpus|encode_document|encode_query)$/;
const TF_HUB = /^tensorflow_hub\.load\(\)$/;
/** Requests whose answer holds vectors. */
const REQUESTS =
  /(^openai\.Embedding\.a?create|\.embeddings\.create|^cohere\.\w+\.embed|^voyageai\.\w+\.embed|^google\.generativeai\.embed_content|^ollama\.embed(dings)?|^litellm\.embedding|^mistralai\.\w+\.embeddings(\.create)?|^together\.\w+\.embeddings\.create|\.feature_extraction)$/;
/** Functions that give one vector, or many. */
const ONE =
  /^(openai\.embeddings_utils\.get_embedding|\?\.embed_query|.*Embeddings?\.embed_query|.*\.get_text_embedding|.*\.get_query_embedding)$/;
const MANY =
  /^(openai\.embeddings_utils\.get_embeddings|\?\.embed_documents|.*Embeddings?\.embed_documents|.*\.get_text_embedding_batch)$/;

export type EmbeddingKind = 'model' | 'request';

/** Whether a call makes embeddings, and where: by a model in this process, or by a request that is paid for. */
export function embeddingKind(path: string): EmbeddingKind | undefined {
  if (ENCODERS.test(path) || TF_HUB.test(path)) return 'model';
  if (REQUESTS.test(path)) return 'request';
  if (ONE.test(path) || MANY.test(path))
    return /HuggingFace|SentenceTransformer|Bge|Fastembed/i.test(path) ? 'model' : 'request';
  return undefined;
}

/** The texts that an embedding call is given. */
export function embeddedTexts({ arguments: args }: Pick<CallContext, 'arguments'>): SyntaxNode | undefined {
  for (const name of ['input', 'texts', 'text', 'sentences', 'documents', 'content', 'inputs', 'prompt'])
    if (args.named.has(name)) return args.named.get(name);
  return args.positional[0];
}

export function embeddingResult(context: CallContext): Value | undefined {
  const { path, call, valueAt } = context;
  const kind = embeddingKind(path);
  if (kind === undefined) return undefined;
  if (REQUESTS.test(path)) return { type: 'object', path: `${path}()`, call };
  const texts = embeddedTexts(context);
  const many = MANY.test(path) || (!ONE.test(path) && isMany(texts, valueAt(texts)));
  return {
    type: 'array',
    vectors: many ? 'many' : 'one',
    call,
    path: 'embeddings()',
    ...(many && { matrix: true }),
  };
}

/** `df_chunk["text"]` is a column, `row["text"]` a text: of what is not known by its type, the name says it. */
function isColumnOfTable(node: SyntaxNode): boolean {
  return /^(df|data|dataset|frame|batch)(_\w+)?\[["']\w+["']\]|^\w+_(df|data|frame|batch)\[["']\w+["']\]/.test(
    textOf(node),
  );
}

const SINGULAR_ENDINGS = /(ss|us|is)$/i;
const COLLECTIVE = /^(data|corpus|batch|dataset|passages|collection)$/i;

/** Whether an argument holds several texts: by what it is, else by its name in the plural. */
export function isMany(node: SyntaxNode | undefined, value: Value): boolean {
  if (value.type === 'text') return false;
  if (value.type === 'list') return value.items ? value.items.length !== 1 : true;
  if (isColumn(value) || isFrame(value) || value.type === 'array') return true;
  if (!node) return false;
  if (node.type === 'list') return node.children.length !== 1;
  if (isColumnOfTable(node)) return true;
  const name = /(\w+)$/.exec(textOf(node).replace(/(\.tolist\(\)|\.values|\[[^\]]*\])$/, ''))?.[1] ?? '';
  return COLLECTIVE.test(name) || (/s$/i.test(name) && !SINGULAR_ENDINGS.test(name));
}
