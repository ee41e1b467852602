import type { Call } from '../analysis.ts';
import { textOf } from '../python/node.ts';
import { literalOf, numberLiteral } from './constants.ts';
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

function clusteringOf({ path, arguments: { named, positional } }: Call, trace: Trace): ClusteringFact {
  const method = path.slice(path.lastIndexOf('.') + 1);
  const countName = ['n_clusters', 'n_components', 'k', 'nr_topics'].find((name) => named.has(name));
  const count = numberLiteral(countName === undefined ? positional[0] : named.get(countName), trace);
  const seed = numberLiteral(named.get('random_state') ?? named.get('seed'), trace);
  const parameters: Record<string, string> = {};
  for (const [name, node] of named) parameters[name] = String(literalOf(node, trace) ?? textOf(node));
  return { method, count, seed, parameters, reproducible: isReproducible(method, count, seed, parameters) };
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
