import type { Call } from '../analysis.ts';
import { argumentsOf } from '../python/call.ts';
import { field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { literalOf, numberLiteral } from './constants.ts';
import { chooseCorpus } from './corpus.ts';
import { lastOf } from './origin.ts';
import type { ClusteringFact, Fact } from './recipe.ts';
import type { Trace } from './trace/trace.ts';

const CLUSTERINGS =
  /(sklearn\.(cluster|mixture|decomposition)\.(KMeans|MiniBatchKMeans|BisectingKMeans|DBSCAN|HDBSCAN|OPTICS|AgglomerativeClustering|SpectralClustering|Birch|MeanShift|AffinityPropagation|GaussianMixture|LatentDirichletAllocation|NMF)|hdbscan\.HDBSCAN|bertopic\.BERTopic|top2vec\.Top2Vec|faiss\.Kmeans|pyspark\.ml\.clustering\.\w+|\.util\.community_detection)$/;

/** The last clustering that the notebook makes; one in a loop over counts is a search for the count, not the result. */
export function clusteringFact(trace: Trace): Fact<ClusteringFact> | undefined {
  const found = trace.analysis.calls
    .filter(({ path }) => CLUSTERINGS.test(path))
    .map((call) => ({ value: clusteringOf(call, trace), node: call.node }));
  const known = found.filter(({ value }) => value.count !== undefined || !/KMeans|Kmeans/.test(value.method));
  return lastOf(known.length > 0 && found.at(-1)!.value.count !== undefined ? known : found);
}

function clusteringOf(call: Call, trace: Trace): ClusteringFact {
  const { path } = call;
  const { named, positional } = call.arguments;
  const method = path.slice(path.lastIndexOf('.') + 1);
  const countName = ['n_clusters', 'n_components', 'k', 'nr_topics'].find((name) => named.has(name));
  const count = numberLiteral(countName === undefined ? positional[0] : named.get(countName), trace);
  const seed = numberLiteral(named.get('random_state') ?? named.get('seed'), trace);
  const parameters: Record<string, string> = {};
  for (const [name, node] of named) parameters[name] = String(literalOf(node, trace) ?? textOf(node));
  const given = fittedOn(call, trace);
  const ofVectors = given !== undefined && isOfCorpus(given, trace);
  // As scikit-learn calls what is fitted: said where nothing of it is the vectors of the texts.
  if (given && !ofVectors && !isMadeOfCorpus(given, trace))
    parameters.X = textOf(given).slice(0, MOST_SOURCE);
  const reproducible = ofVectors && isReproducible(method, count, seed, parameters);
  return { method, count, seed, parameters, reproducible };
}

const MOST_SOURCE = 80;

/** What the clustering that a call makes is fitted on: `X` of `KMeans(8).fit(X)`. */
function fittedOn({ node }: Call, { analysis }: Trace): SyntaxNode | undefined {
  const fit = analysis.calls.findLast(
    ({ name, receiverNode }) =>
      /^fit(_predict|_transform)?$/.test(name ?? '') &&
      receiverNode !== undefined &&
      (receiverNode === node || analysis.knownOf(receiverNode).call === node),
  );
  return fit && (fit.arguments.named.get('X') ?? fit.arguments.positional[0]);
}

const MOST_CALLS = 4;

/** Whether the vectors went in: `UMAP(n_components=5).fit_transform(vectors)`, and what was made of that. */
function isMadeOfCorpus(given: SyntaxNode, trace: Trace, calls = 0): boolean {
  const call = given.type === 'call' ? given : boundCall(given, trace);
  if (!call || calls > MOST_CALLS) return false;
  return argumentsOf(call).positional.some(
    (at) => isOfCorpus(at, trace) || isMadeOfCorpus(at, trace, calls + 1),
  );
}

/** The call whose result a name stands for. */
function boundCall(node: SyntaxNode, { analysis }: Trace): SyntaxNode | undefined {
  const bound = analysis.flow.bindings.findLast(({ name }) => name === textOf(node));
  const assignment = bound && [...walk(bound.statement)].find(({ type }) => type === 'assignment');
  const right = field(assignment, 'right');
  return right?.type === 'call' ? right : undefined;
}

/** Whether these are the vectors of the texts as the model gives them: neither others, nor some of them, nor made of them. */
function isOfCorpus(given: SyntaxNode, trace: Trace): boolean {
  const { vectors, cut } = trace.analysis.knownOf(given);
  if (cut) return false;
  const traced = trace.values.get(given);
  if (traced?.is !== 'vectors') return vectors !== undefined;
  const chosen = chooseCorpus(trace).embeddings.at(-1);
  const { embedding } = traced;
  return embedding === undefined || (embedding.maker === chosen?.maker && embedding.path === chosen?.path);
}

/** What scikit-learn's KMeans does with one start: more starts, other starts or other algorithms give other labels. */
function isReproducible(
  method: string,
  count: number | undefined,
  seed: number | undefined,
  {
    n_init = 'auto',
    init = 'k-means++',
    algorithm = 'lloyd',
    max_iter = '300',
    tol = '0.0001',
  }: Record<string, string>,
): boolean {
  const oneStart = n_init === 'auto' || n_init === '1';
  const usual =
    init === 'k-means++' &&
    /^(lloyd|auto|full)$/.test(algorithm) &&
    max_iter === '300' &&
    Number(tol) === 1e-4;
  return method === 'KMeans' && count !== undefined && seed !== undefined && oneStart && usual;
}
