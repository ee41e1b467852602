import type { Analysis, Call } from '../analysis.ts';
import type { Value } from '../flow/value.ts';
import { bare, field, isWithin, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { enclosingFunction } from '../python/statement.ts';
import { comparesInLoop } from './compared-in-loop.ts';
import type { Hit, Rule } from './rule.ts';

const PAIRWISE =
  /^sklearn\.metrics(\.pairwise)?\.(cosine_similarity|cosine_distances|euclidean_distances|manhattan_distances|linear_kernel|rbf_kernel|pairwise_distances|pairwise_kernels|haversine_distances|pairwise_distances_argmin(_min)?)$|^scipy\.spatial\.distance\.(cdist|pdist|squareform)$/;
const UTIL =
  /^sentence_transformers\.util\.(cos_sim|pytorch_cos_sim|dot_score|semantic_search|paraphrase_mining|community_detection|euclidean_sim|manhattan_sim)$/;
const ALWAYS = /util\.(semantic_search|paraphrase_mining|community_detection)$/;
const OPENAI = /^openai\.embeddings_utils\.(distances_from_embeddings)$/;
const PRODUCT =
  /^(numpy\.(dot|inner|matmul|einsum)|torch\.(matmul|mm|cdist|einsum)|torch\.nn\.functional\.cosine_similarity)$/;
const SIMILARITY =
  /cos(ine)?_?(sim(ilarity)?|dist(ance)?)|^similarity$|^distance\.cosine$|^cosine$|^cosine_/i;
const APPLIES = /^(apply|map|progress_apply|map_elements)$/;

export const allPairsSimilarity: Rule = {
  id: 'all-pairs-similarity',
  severity: 'warning',
  title: 'everything compared with everything, or a query with every vector, in memory',
  why: 'Work and memory grow with the square of the rows (100,000 rows: 40 GB), or each query reads every vector.',
  fix: '`throughline run` builds an index: `throughline search`, `throughline similar`; themes use nearest neighbours, not all pairs.',
  *check(analysis) {
    for (const call of analysis.calls) yield* inCall(call, analysis);
    for (const tree of analysis.trees)
      for (const node of walk(tree))
        if (isProduct(node, analysis))
          yield { at: node, message: 'The product compares all vectors in memory' };
  },
};

function* inCall(call: Call, analysis: Analysis): Iterable<Hit> {
  const { path, name, arguments: args, node } = call;
  const given = [...args.positional, ...args.named.values()];
  if (PAIRWISE.test(path) || UTIL.test(path)) {
    if (ALWAYS.test(path) || comparesMany(args.positional, path, analysis))
      yield { at: node, message: `\`${name}\` compares all vectors in memory` };
  } else if (OPENAI.test(path))
    yield { at: node, message: `\`${name}\` compares the query with every vector in memory` };
  else if (PRODUCT.test(path)) {
    if (given.some((one) => isManyVectors(analysis.knownOf(one))))
      yield { at: node, message: `\`${name}\` compares all vectors in memory` };
  } else if (name === 'similarity' && args.positional.length === 2 && /SentenceTransformer/.test(path)) {
    if (args.positional.some((one) => isManyVectors(analysis.knownOf(one))))
      yield { at: node, message: 'Compares all vectors in memory' };
  } else if (APPLIES.test(name ?? '')) yield* scored(call, analysis);
  else if (comparesInLoop(call, analysis))
    yield { at: node, message: `\`${name}\` compares the query with every row in memory` };
  else if (name === 'query' && asksForAll(call, analysis))
    yield { at: node, message: 'Every stored vector is a query of this one call' };
}

/** Two matrices, or one with itself. Two single vectors are a pair. */
function comparesMany(args: readonly SyntaxNode[], path: string, { knownOf }: Analysis): boolean {
  const [a, b] = args;
  if (!a) return false;
  if (/pdist|squareform/.test(path)) return true;
  const second = b && !/^["']/.test(textOf(b)) ? b : undefined;
  if (!second) return !/squareform/.test(path);
  if (textOf(a) === textOf(second)) return true;
  return [a, second].some((one) => isManyVectors(knownOf(one)) || isRowOf(a, one) || isRowOf(second, one));
}

/** `[vectors[i]]` or `vectors[i].reshape(1, -1)` against `vectors`. */
function isRowOf(row: SyntaxNode, all: SyntaxNode): boolean {
  if (row === all || all.type !== 'identifier') return false;
  return [...walk(row)].some(
    (node) => node.type === 'subscript' && textOf(field(node, 'value')!) === textOf(all),
  );
}

function isManyVectors(value: Value): boolean {
  if (value.few) return false;
  return value.vectors === 'many' || value.matrix === true;
}

/** `df.embedding.apply(lambda v: cosine_similarity(v, query))`: the row with something that is not of the row. */
function* scored({ node, name, arguments: args, receiver }: Call, analysis: Analysis): Iterable<Hit> {
  const [lambda] = args.positional;
  if (lambda?.type !== 'lambda' || receiver.cut) return;
  const parameters = new Set((field(lambda, 'parameters')?.children ?? []).map(textOf));
  for (const inner of analysis.calls) {
    if (!isWithin(inner.node, lambda) || enclosingFunction(inner.node) !== lambda) continue;
    const called = inner.path.slice(inner.path.lastIndexOf('.') + 1);
    const similar =
      SIMILARITY.test(inner.name ?? '') || SIMILARITY.test(called) || /^numpy\.(dot|inner)$/.test(inner.path);
    if (!similar || inner.arguments.positional.length < 2) continue;
    const ofRow = inner.arguments.positional.map((one) => mentionsAny(one, parameters));
    if (ofRow.includes(true) && ofRow.includes(false))
      yield { at: node, message: `\`${name}\` compares the query with every row in memory` };
  }
}

function mentionsAny(node: SyntaxNode, names: ReadonlySet<string>): boolean {
  return [...walk(node)].some((inner) => inner.type === 'identifier' && names.has(textOf(inner)));
}

/** `vectors @ query`, `vectors @ vectors.T`. */
function isProduct(node: SyntaxNode, { knownOf }: Analysis): boolean {
  if (node.type !== 'binary_operator') return false;
  const operator = field(node, 'operator');
  if (!operator || textOf(operator) !== '@') return false;
  return ['left', 'right'].some((side) => isManyVectors(knownOf(bare(field(node, side) ?? node))));
}

/** `collection.query(query_embeddings=all)` with the vectors of the store itself. */
function asksForAll({ path, arguments: { named } }: Call, { knownOf }: Analysis): boolean {
  const vectors = knownOf(named.get('query_embeddings'));
  return /collection/i.test(path) && vectors.vectors === 'many' && vectors.matrix === true && !vectors.few;
}
