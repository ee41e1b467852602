import { embeddingKind } from '../../flow/embedding.ts';
import { calledName, receiverOf } from '../../python/call.ts';
import type { SyntaxNode } from '../../python/node.ts';
import { type TracedCall, textOfConstant } from './call.ts';
import { guardedCells } from './guards.ts';
import type { Cells, Embedding, Traced } from './traced.ts';

/** Calls of stores and models that embed the texts that they are given. */
const STORES =
  /(vectorstores(\.\w+)*\.\w+|langchain_\w+(\.\w+)*\.(Chroma|FAISS|Qdrant\w*|Pinecone\w*|Milvus|PGVector|LanceDB))\.(from_texts|from_documents|afrom_texts)$/;
const CHROMA = /chromadb\.\w+.*(collection\(\))\.(add|upsert)$/;
const VECTORIZERS = /(TfidfVectorizer|CountVectorizer|HashingVectorizer)\.fit_transform$/;
const TOPICS = /(BERTopic|Top2Vec)\.(fit_transform|fit)$|^top2vec\.Top2Vec$/;
/** The input of a model of transformers, of which only texts are known here. */
const TOKENIZERS = /^transformers\.\w*Tokenizer(Fast)?\.from_pretrained\(\)$/;
const OTHERS =
  /(^spacy\.load\(\)(\.pipe)?$|Doc2Vec\.infer_vector$|^laserembeddings\.\w+\.embed_sentences$|^InstructorEmbedding\.INSTRUCTOR\.encode$|SynapseML|OpenAIEmbedding\.transform$)/;

/** Vectors, where the call makes some; which texts of which rows they are of is noted. */
export function embeddingOf(call: TracedCall): Traced | undefined {
  const { path } = call;
  const isTopics = TOPICS.test(path);
  const known =
    embeddingKind(path) !== undefined ||
    STORES.test(path) ||
    CHROMA.test(path) ||
    VECTORIZERS.test(path) ||
    TOKENIZERS.test(path) ||
    OTHERS.test(path) ||
    isTopics;
  if (!known) return undefined;
  // Topics of vectors that are given embed nothing.
  if (isTopics && hasVectors(call)) return undefined;
  if (CHROMA.test(path) && call.named.has('embeddings')) return undefined;
  const value = textsOf(call);
  const found = cellsIn(value);
  // Of a batch, the conditions are not about its rows.
  const cells = found && !found.many ? guardedCells(found, call.trace) : found;
  const literals = cells ? [] : literalsIn(value);
  const embedding: Embedding = {
    ...{ node: call.node, path, literals, cells },
    maker: makerOf(call),
    through: [...call.trace.running],
    args: call.trace.passed.at(-1),
    at: call.trace.at,
  };
  call.trace.embeddings.push(embedding);
  return { is: 'vectors', embedding };
}

/** `df["text"].apply(model.encode)`: the function of a model that is passed on, called with each text. */
export function embeddingOfPassed(call: TracedCall, passed: SyntaxNode, cells: Cells): Traced | undefined {
  const { knownOf } = call.trace.analysis;
  const path = knownOf(passed).path ?? '';
  if (embeddingKind(path) === undefined) return undefined;
  const embedding: Embedding = {
    ...{ node: call.node, path, literals: [], cells },
    maker: knownOf(passed.children[0]).call,
    through: [...call.trace.running],
    args: call.trace.passed.at(-1),
    at: call.trace.at,
  };
  call.trace.embeddings.push(embedding);
  return { is: 'vectors', embedding };
}

const TEXT_ARGUMENTS = [
  'input',
  'texts',
  'text',
  'sentences',
  'documents',
  'content',
  'inputs',
  'raw_documents',
  'contents',
];

function textsOf(call: TracedCall): Traced {
  const setter = setterOf(call.receiverNode, 'setTextCol');
  if (setter !== undefined && call.argument('', 0).is === 'table') {
    const value = call.argument('', 0);
    if (value.is === 'table') {
      const made = value.table.columns.get(setter);
      return made ?? { is: 'cells', table: value.table, expr: { op: 'column', name: setter }, many: true };
    }
  }
  for (const name of TEXT_ARGUMENTS) if (call.named.has(name)) return call.argument(name);
  // Ollama's is the text; of other models it is an instruction that stands beside the texts.
  if (call.positional.length === 0 && call.named.has('prompt')) return call.argument('prompt');
  return call.argument('', 0);
}

/** `OpenAIEmbedding().setTextCol("combined")`, where the receiver is a name. */
function setterOf(node: SyntaxNode | undefined, setter: string): string | undefined {
  if (!node) return undefined;
  const { code } = node.source;
  const name = code.slice(node.start, node.end);
  const pattern = new RegExp(`\\.${setter}\\(\\s*["']([^"']+)["']`);
  const direct = pattern.exec(name);
  if (direct) return direct[1];
  if (!/^\w+$/.test(name)) return undefined;
  const assignments = code.slice(0, node.start).split(new RegExp(`^${name}\\s*=`, 'm'));
  return pattern.exec(assignments.at(-1) ?? '')?.[1];
}

function cellsIn(value: Traced): Cells | undefined {
  if (value.is === 'cells') return value;
  if (value.is !== 'list') return undefined;
  return value.items.map(cellsIn).find((one) => one !== undefined);
}

function literalsIn(value: Traced): string[] {
  if (value.is === 'constants') return value.values.filter((one) => typeof one === 'string');
  if (value.is === 'list') return value.items.flatMap(literalsIn);
  const text = textOfConstant(value);
  return text === undefined ? [] : [text];
}

function hasVectors({ positional, named, valueAt }: TracedCall): boolean {
  return (
    [...positional, ...named.values()].some((node) => valueAt(node).is === 'vectors') ||
    named.has('embeddings')
  );
}

/** The call that made the model: of the receiver, or of the argument of a store. */
function makerOf({ trace, path, receiverNode, named, positional, node }: TracedCall): SyntaxNode | undefined {
  const { knownOf } = trace.analysis;
  const given =
    named.get('embedding') ??
    named.get('embeddings') ??
    named.get('embedding_function') ??
    (STORES.test(path) ? positional[1] : undefined);
  return made((given && knownOf(given).call) ?? knownOf(receiverNode).call ?? knownOf(node.children[0]).call);

  /** `SentenceTransformer("m").half()`: the call before. */
  function made(call: SyntaxNode | undefined): SyntaxNode | undefined {
    const same = call && /^(half|eval|to|cuda|cpu|float)$/.test(calledName(call) ?? '');
    const receiver = same ? receiverOf(call) : undefined;
    return receiver ? made(receiver.type === 'call' ? receiver : knownOf(receiver).call) : call;
  }
}
