import type { ClusteringFact, Origin, Recipe } from '@throughline/notebook-lint';
import type { ModelPlan } from './model-plan.ts';
import type { Change, Setting } from './setting.ts';

/** The notebook's clustering, where the same labels can be had; else what is done instead. */
export function themesPlan(
  { clustering, questions }: Recipe,
  model: ModelPlan['where'],
): { settings: Setting[]; changes: Change[] } {
  if (!clustering) return { settings: [], changes: [] };
  const { value, origin } = clustering;
  const asked = questions.filter(({ about }) => about === 'themes').map(({ text }) => text);
  const { method, count, seed } = value;
  if (value.parameters.X !== undefined) return ofOthers(value, origin, asked);
  const reproducible = value.reproducible && model !== 'unknown';
  if (/^(Mini)?(Batch)?KMeans$/.test(method) && count !== undefined && count >= 2) {
    const differs = reproducible
      ? whenSame(value.parameters)
      : `Labels differ from the notebook's ${method}: ${reasons(value, model)}.`;
    return {
      settings: [
        {
          path: ['themes', 'method'],
          value: 'kmeans',
          origin,
          questions: reproducible ? asked : [differs, ...asked],
          notes: reproducible && differs ? [differs] : [],
        },
        { path: ['themes', 'count'], value: count },
        { path: ['themes', 'seed'], value: seed ?? 0 },
        ...(reproducible ? [{ path: ['themes', 'order'], value: undefined, questions: [ORDER] }] : []),
      ],
      changes: [],
    };
  }
  const why = `${method} has no counterpart that gives the same groups. Leiden finds groups and their number by itself, keeps their ids over refits and assigns every passage. To keep the notebook's groups: ${AS_PROGRAM}.`;
  const question =
    count === undefined && /KMeans/.test(method)
      ? ['How many themes? The notebook computes the number: themes: { method: kmeans, count: N, seed: 0 }.']
      : [];
  return {
    settings: [{ path: ['themes', 'method'], value: 'leiden', origin, questions: [...question, ...asked] }],
    changes: [{ what: `${method} -> leiden`, why }],
  };
}

/** Groups of numbers of the rows, or of vectors that something else was done to: nothing is known to give the same. */
function ofOthers(
  { method, count, seed, parameters }: ClusteringFact,
  origin: Origin,
  asked: readonly string[],
): { settings: Setting[]; changes: Change[] } {
  const what = parameters.X!.replace(/\s+/g, ' ');
  const way =
    /KMeans/.test(method) && count !== undefined
      ? `method: kmeans, count: ${count}, seed: ${seed ?? 0}`
      : 'method: leiden';
  const question = `Are themes wanted? The notebook's ${method} groups \`${what}\`, which could not be followed to the vectors of the texts. Of those: themes: { ${way} }, with other labels. To keep the notebook's: ${AS_PROGRAM}.`;
  return {
    settings: [{ path: ['themes', 'method'], value: undefined, origin, questions: [question, ...asked] }],
    changes: [],
  };
}

const AS_PROGRAM =
  'themes: { method: command, command: [python3, cluster.py] }, where cluster.py has `import throughline_mapper as mapper`, a function of a list of rows ({"text", "vector"}) that returns the label of each, and `mapper.cluster(function)`; docs/themes.md, "A clustering of your own"';

const ORDER =
  'By what are the rows of the notebook sorted? k-means draws its starts by their places. Where the file is sorted by time and then by number: order: [timestamp, id].';

/** scikit-learn before 1.4 made ten starts unless told; here is one. */
function whenSame({ n_init }: Readonly<Record<string, string>>): string {
  const versions =
    n_init === undefined ? 'scikit-learn 1.4 or newer (before, KMeans made ten starts)' : 'the same vectors';
  return `the labels of the notebook with ${versions}, where themes.sample holds all passages`;
}

const USUAL: Readonly<Record<string, string>> = { init: 'k-means++', algorithm: 'lloyd', max_iter: '300' };

function reasons({ method, seed, parameters }: ClusteringFact, model: ModelPlan['where']): string {
  const found: string[] = [];
  if (model === 'unknown') found.push("the vectors are not those of the notebook's model");
  if (method !== 'KMeans') found.push(`${method} is another algorithm`);
  if (seed === undefined) found.push('it has no seed');
  if (parameters.n_init !== undefined && !/^(1|auto)$/.test(parameters.n_init))
    found.push(`it takes the best of ${parameters.n_init} starts, here is one`);
  for (const name of ['init', 'algorithm', 'max_iter', 'tol'])
    if (parameters[name] !== undefined && parameters[name] !== USUAL[name])
      found.push(`${name} is ${parameters[name]}`);
  return found.length > 0
    ? found.join(', ')
    : 'it groups something else than the vectors as the model gives them';
}
