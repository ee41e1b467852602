import type { Call } from '../analysis.ts';
import { field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { entryOf, textLiteral } from './constants.ts';
import { lastOf } from './origin.ts';
import type { Fact, Metric } from './recipe.ts';
import type { Trace } from './trace/trace.ts';

const COSINE =
  /(cosine_similarity|cosine_distances|\.cos_sim|pytorch_cos_sim|spatial\.distance\.cosine|distances_from_embeddings|CosineSimilarity)$/;
const DOT = /(\.dot_score|faiss\.IndexFlatIP|IndexHNSWFlatIP)$/;
const L2 = /(faiss\.IndexFlatL2|euclidean_distances|spatial\.distance\.euclidean)$/;
const PRODUCTS = /^(numpy|torch)\.(dot|matmul|inner|mm)$/;
const WORDS: Readonly<Record<string, Metric>> = {
  cosine: 'cosine',
  cos: 'cosine',
  dot: 'dot',
  dotproduct: 'dot',
  dot_product: 'dot',
  ip: 'dot',
  inner_product: 'dot',
  max_inner_product: 'dot',
  l2: 'l2',
  euclid: 'l2',
  euclidean: 'l2',
  euclidean_distance: 'l2',
};

/** By what vectors are compared, from functions that do it and stores that are told. */
export function metricFact(trace: Trace): Fact<Metric> | undefined {
  const found: { value: Metric; node: SyntaxNode }[] = [];
  for (const call of trace.analysis.calls) {
    const value = metricOf(call, trace);
    if (value) found.push({ value, node: call.node });
  }
  return lastOf(found);
}

function metricOf({ path, node, arguments: args, name }: Call, trace: Trace): Metric | undefined {
  if (COSINE.test(path)) return 'cosine';
  if (DOT.test(path)) return 'dot';
  if (L2.test(path)) return 'l2';
  if (/\.semantic_search$/.test(path)) return /dot_score/.test(textOf(node)) ? 'dot' : 'cosine';
  if (PRODUCTS.test(path)) return productOf(node, args.positional, trace);
  for (const option of ['metric', 'distance', 'distance_strategy', 'similarity', 'space', 'affinity'])
    if (args.named.has(option) && !/cluster|UMAP|TSNE|manifold|silhouette|HDBSCAN/i.test(path)) {
      const value = wordOf(args.named.get(option), trace);
      if (value) return value;
    }
  for (const value of [...args.named.values(), ...args.positional]) {
    const word = entryOf(value, 'hnsw:space', trace) ?? entryOf(value, 'metric_type', trace);
    const metric = typeof word === 'string' ? WORDS[word.toLowerCase()] : undefined;
    if (metric) return metric;
  }
  // Chroma's own default.
  if (/chromadb\..*(create_collection|get_or_create_collection)$/.test(path) && name !== undefined)
    return 'l2';
  return undefined;
}

/** `np.dot(a, b)`: of vectors, and not over their lengths, which would be the cosine. */
function productOf(node: SyntaxNode, given: readonly SyntaxNode[], trace: Trace): Metric | undefined {
  const ofVectors = given.some(
    (at) => trace.values.get(at)?.is === 'vectors' || trace.analysis.knownOf(at).vectors !== undefined,
  );
  let divided = false;
  for (let up = node.parent; up; up = up.parent) {
    if (up.type === 'binary_operator' && textOf(field(up, 'operator') ?? up) === '/') divided ||= hasNorm(up);
    if (/_definition$|^module$/.test(up.type)) break;
  }
  if (divided) return 'cosine';
  return ofVectors ? 'dot' : undefined;
}

function hasNorm(node: SyntaxNode): boolean {
  for (const at of walk(node)) if (at.type === 'identifier' && textOf(at) === 'norm') return true;
  return false;
}

/** `"cosine"`, `models.Distance.COSINE`, `DistanceStrategy.MAX_INNER_PRODUCT`. */
function wordOf(node: SyntaxNode | undefined, trace: Trace): Metric | undefined {
  if (!node) return undefined;
  const word =
    textLiteral(node, trace) ?? (node.type === 'attribute' ? textOf(node).split('.').at(-1) : undefined);
  return word === undefined ? undefined : WORDS[word.toLowerCase()];
}
