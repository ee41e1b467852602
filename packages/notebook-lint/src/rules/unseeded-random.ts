import type { Analysis, Call } from '../analysis.ts';
import { calledName, isTrue } from '../python/call.ts';
import { ancestors, isWithin, type SyntaxNode, textOf } from '../python/node.ts';
import type { Rule } from './rule.ts';
import { shownExpressions } from './shown-expression.ts';

/** Estimators that draw random numbers unless `random_state` is given. */
const ESTIMATORS =
  /^(sklearn\.(\w+\.)*(KMeans|MiniBatchKMeans|BisectingKMeans|GaussianMixture|BayesianGaussianMixture|SpectralClustering|TSNE|MDS|TruncatedSVD|LatentDirichletAllocation|FastICA|RandomForest\w+|ExtraTrees?\w+|DecisionTree\w+|GradientBoosting\w+|HistGradientBoosting\w+|AdaBoost\w+|Bagging\w+|MLP\w+|SGD\w+|Perceptron|PassiveAggressive\w+|IsolationForest|GaussianRandomProjection|SparseRandomProjection|ShuffleSplit|StratifiedShuffleSplit|GroupShuffleSplit|RandomizedSearchCV|MiniBatchDictionaryLearning|MiniBatchNMF|MiniBatchSparsePCA)|umap\.([\w.]+\.)?UMAP|cuml\.([\w.]+\.)?(UMAP|KMeans|TSNE)|openTSNE\.TSNE|MulticoreTSNE\.MulticoreTSNE|gensim\.models\.(\w+\.)*(LdaModel|LdaMulticore|HdpModel)|trimap\.TRIMAP|pacmap\.PaCMAP|imblearn\.\w+\.(SMOTE|RandomOverSampler|RandomUnderSampler))$/;
const SPLITS = /^sklearn\.model_selection\.(\w+\.)?train_test_split$|^sklearn\.utils\.(shuffle|resample)$/;
const FOLDS = /^sklearn\.model_selection\.(\w+\.)?(KFold|StratifiedKFold|GroupKFold)$/;
const PYTHON =
  /^random\.(random|randint|randrange|choice|choices|sample|shuffle|uniform|gauss|normalvariate|betavariate|triangular|getrandbits)$/;
const NUMPY =
  /^numpy\.random\.(rand|randn|randint|random|random_sample|choice|shuffle|permutation|uniform|normal|binomial|poisson|beta|exponential|multivariate_normal|standard_normal|dirichlet|gamma)$/;
const TORCH = /^torch\.(rand|randn|randint|randperm|bernoulli|multinomial|normal|rand_like|randn_like)$/;
const SPARK = /^spark\.DataFrame\.(sample|randomSplit|sampleBy)$/;
const DATASETS = /^datasets\.Dataset(Dict)?\.(shuffle|train_test_split)$/;
const SEEDS: readonly (readonly [Source, RegExp])[] = [
  ['python', /^random\.(seed|setstate)$|seed_everything$|set_seed$/],
  ['numpy', /^numpy\.random\.(seed|set_state)$|seed_everything$|^(?!tensorflow).*set_seed$/],
  [
    'torch',
    /^torch\.(cuda\.)?manual_seed(_all)?$|^torch\.random\.manual_seed$|seed_everything$|^(?!tensorflow).*set_seed$/,
  ],
];

/** The global generator that a call draws from. */
type Source = 'python' | 'numpy' | 'torch' | 'own';

export const unseededRandom: Rule = {
  id: 'unseeded-random',
  severity: 'warning',
  title: 'a random step without a seed',
  why: 'Each run gives other clusters, samples and splits: results cannot be compared, and themes change their ids.',
  fix: 'Give `random_state=...` or a seed. `themes:` fits on a sample chosen by content and always gives the same.',
  *check(analysis) {
    const seeded = seededSources(analysis);
    const shown = [...shownExpressions(analysis)];
    for (const call of analysis.calls) {
      if (isJitter(call.node)) continue;
      if (call.name === 'sample' && shown.some((one) => isWithin(call.node, one))) continue;
      const source = drawsFrom(call);
      if (source !== undefined && !seeded.has(source))
        yield { at: call.node, message: `\`${textOf(call.node.children[0]!)}\` has no seed` };
    }
  },
};

/** Waits are spread on purpose: the same each time would defeat them. */
function isJitter(node: SyntaxNode): boolean {
  for (const up of ancestors(node)) {
    if (up.type === 'call' && /sleep|wait|backoff/.test(calledName(up) ?? '')) return true;
    if (/assignment$/.test(up.type))
      return /delay|wait|sleep|backoff|jitter|pause|timeout/i.test(textOf(up.children[0]!));
  }
  return false;
}

function drawsFrom(call: Call): Source | undefined {
  const { path, name, arguments: args, receiver } = call;
  if (args.splat) return undefined;
  const has = (...keys: string[]) =>
    keys.some((key) => args.named.has(key) && textOf(args.named.get(key)!) !== 'None');
  if (ESTIMATORS.test(path)) return has('random_state', 'seed', 'random_seed') ? undefined : 'numpy';
  if (SPLITS.test(path)) {
    const shuffles = textOf(args.named.get('shuffle') ?? call.node) !== 'False';
    return shuffles && !has('random_state') ? 'numpy' : undefined;
  }
  if (FOLDS.test(path))
    return isTrue(args.named.get('shuffle')) && !has('random_state') ? 'numpy' : undefined;
  if (path === 'numpy.random.default_rng' || path === 'numpy.random.RandomState')
    return args.positional.length === 0 && args.named.size === 0 ? 'own' : undefined;
  if (path === 'bertopic.BERTopic' || /^bertopic\.\w+\.BERTopic$/.test(path))
    return has('umap_model') ? undefined : 'own';
  if (PYTHON.test(path)) return 'python';
  if (NUMPY.test(path)) return 'numpy';
  if (TORCH.test(path)) return has('generator') ? undefined : 'torch';
  if (SPARK.test(path)) return has('seed') || args.positional.length > 1 ? undefined : 'own';
  if (DATASETS.test(path))
    return has('seed', 'generator') ||
      (name === 'shuffle' && args.positional.length > 0) ||
      textOf(args.named.get('shuffle') ?? call.node) === 'False'
      ? undefined
      : 'own';
  const samples =
    name === 'sample' &&
    /^pandas\.(DataFrame|Series|GroupBy)$/.test(receiver.type) &&
    receiver.path !== 'polars.DataFrame';
  return samples && !has('random_state', 'seed') ? 'numpy' : undefined;
}

/** Generators that the notebook seeds, anywhere. */
function seededSources({ calls }: Analysis): Set<Source> {
  const seeded = new Set<Source>();
  for (const { path, name } of calls)
    for (const [source, form] of SEEDS) if (form.test(path) || form.test(name ?? '')) seeded.add(source);
  return seeded;
}
