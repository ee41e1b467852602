import type { Fact, ModelFact, Recipe } from '@throughline/notebook-lint';
import { hostedModel, hubName, type KnownModel, knownModel } from './known-models.ts';
import type { Change, Setting } from './setting.ts';

export interface ModelPlan {
  readonly settings: readonly Setting[];
  readonly changes: readonly Change[];
  /** What embed.py has to call, where the notebook's own function or library makes the vectors. */
  readonly program: EmbedProgram | undefined;
  readonly maxTokens: number | undefined;
  /** unknown: another model than the notebook's, or none that is known. */
  readonly where: 'local' | 'api' | 'unknown';
}

export interface EmbedProgram {
  /** Of the notebook, in `functions`. */
  readonly function: string | undefined;
  readonly takes: 'one' | 'many';
  /** Lines of Python that make `model` and `embed(texts)`, where the notebook has no function for it. */
  readonly lines: readonly string[];
}

/** `revision`: what a person answered. */
export function modelPlan(recipe: Recipe, revision: string | undefined): ModelPlan {
  const fact = recipe.model;
  const about = new Set(['model', 'revision', 'metric']);
  const questions = recipe.questions
    .filter((one) => about.has(one.about) && one.about !== 'revision')
    .map(({ text }) => text);
  if (!fact || (fact.value.name === undefined && !fact.value.function)) return unknownModel(fact, questions);
  if (fact.value.where === 'api') return apiPlan(fact, questions);
  const { library } = fact.value;
  if (
    /^(sentence-transformers|langchain-huggingface|chromadb|BERTopic)$/.test(library) &&
    !knownModel(fact.value.name)?.beyondOnnx
  )
    return hubPlan(recipe, fact, questions, revision);
  return programPlan(recipe, fact, questions);
}

function unknownModel(fact: Fact<ModelFact> | undefined, questions: readonly string[]): ModelPlan {
  const setting = { path: ['embed', 'model'], value: 'minilm', origin: fact?.origin, questions };
  return { settings: [setting], changes: [], program: undefined, maxTokens: undefined, where: 'unknown' };
}

function hubPlan(
  recipe: Recipe,
  fact: Fact<ModelFact>,
  questions: readonly string[],
  answered: string | undefined,
): ModelPlan {
  const { value, origin } = fact;
  const name = hubName(value.name!);
  const known = knownModel(value.name);
  const revision = answered ?? value.revision;
  const asked =
    revision === undefined
      ? [
          `Which revision? The notebook pins none, and \`main\` moves. The commit that it used: ls ~/.cache/huggingface/hub/models--${name.replace('/', '--')}/snapshots, on the machine of the notebook; else the newest on the page of the model.`,
        ]
      : [];
  const notes = name.endsWith('/all-MiniLM-L6-v2')
    ? [
        'Cheaper, and in the package: model: minilm, the same model in int8. Vectors are near (cosine about .997), not the same.',
      ]
    : [];
  if (known === undefined) notes.push('The model needs an ONNX export on its hub: onnx/model.onnx.');
  const settings: Setting[] = [
    {
      path: ['embed', 'model'],
      value: `hub:${name}@${revision ?? 'main'}`,
      origin,
      questions: [...asked, ...questions],
      notes,
    },
    ...normalizeSetting(recipe, known),
    ...prefixSettings(fact, known),
  ];
  const maxTokens = value.maxTokens ?? known?.maxTokens;
  return { settings, changes: precisionChange(value), program: undefined, maxTokens, where: 'local' };
}

function precisionChange({ precision }: ModelFact): Change[] {
  if (precision === undefined) return [];
  return [
    {
      what: `${precision} -> fp32`,
      why: 'The pipeline computes in float32: vectors are near those of the notebook, not the same to the last digits.',
    },
  ];
}

/** Cosine ranks vectors of length 1; a dot product of raw vectors, and k-means on them, need them as they are. */
function normalizeSetting({ model, metric, clustering }: Recipe, known: KnownModel | undefined): Setting[] {
  const scaled = model?.value.normalize === true || known?.normalized === true;
  if (scaled) return [];
  if (metric?.value === 'dot')
    return [
      {
        path: ['embed', 'normalize'],
        value: false,
        origin: metric.origin,
        notes: ['The notebook ranks by the dot product of vectors as they are.'],
      },
    ];
  if (metric?.value === 'l2')
    return [
      {
        path: ['embed', 'normalize'],
        value: true,
        origin: metric.origin,
        questions: [
          'The notebook ranks by Euclidean distance of vectors that are not scaled. Here is cosine (true) or dot product (false): the order differs where lengths do.',
        ],
      },
    ];
  if (metric === undefined && clustering?.value.method === 'KMeans')
    return [
      {
        path: ['embed', 'normalize'],
        value: false,
        origin: clustering.origin,
        notes: ['The notebook clusters vectors as they are.'],
      },
    ];
  return [];
}

/** A model whose card wants prefixes gets those of the notebook, even none: the same results come first. */
function prefixSettings({ value, origin }: Fact<ModelFact>, known: KnownModel | undefined): Setting[] {
  const wants = known?.queryPrefix !== undefined || known?.passagePrefix !== undefined;
  const settings: Setting[] = [];
  for (const key of ['queryPrefix', 'passagePrefix'] as const) {
    const own = value[key];
    if (own !== undefined) settings.push({ path: ['embed', key], value: own, origin });
    else if (wants)
      settings.push({
        path: ['embed', key],
        value: '',
        notes:
          known[key] === undefined
            ? []
            : [
                `The notebook puts nothing before texts; the model's card wants ${JSON.stringify(known[key])}, which finds more.`,
              ],
      });
  }
  return settings;
}

/** What most hosted models take today. */
const USUAL_TOKENS = 8192;

function apiPlan(fact: Fact<ModelFact>, questions: readonly string[]): ModelPlan {
  const { value, origin } = fact;
  const hosted = hostedModel(value.name);
  const dimension = value.dimension ?? hosted?.dimension;
  const isOpenai = value.library === 'openai' && !value.hasUrl && value.url === undefined && !value.azure;
  const settings: Setting[] = [
    { path: ['embed', 'model'], value: `openai:${value.name ?? 'MODEL'}`, origin, questions },
  ];
  if (value.azure) settings.push(...azureSettings(value));
  else if (value.url !== undefined) settings.push({ path: ['embed', 'url'], value: value.url, origin });
  else if (value.urlVariable !== undefined)
    settings.push({ path: ['embed', 'url'], value: `\${${value.urlVariable}}`, origin, isVariable: true });
  else if (value.library === 'openai' && !isOpenai)
    settings.push({
      path: ['embed', 'url'],
      value: 'http://127.0.0.1:8080/v1',
      questions: ['Which address? The notebook computes it.'],
    });
  else if (!isOpenai)
    settings.push({
      path: ['embed', 'url'],
      value: 'http://127.0.0.1:8080/v1',
      questions: [
        `${value.library} is asked by its own client in the notebook. Which address of it, or of a gateway, is OpenAI-compatible?`,
      ],
    });
  const variable =
    value.keyVariable ?? (isOpenai ? undefined : value.azure ? 'AZURE_OPENAI_API_KEY' : undefined);
  if (variable !== undefined && !(isOpenai && variable === 'OPENAI_API_KEY'))
    settings.push({
      path: ['embed', 'keyVariable'],
      value: variable,
      origin: value.keyVariable === undefined ? undefined : origin,
    });
  if (value.dimension !== undefined || hosted === undefined)
    settings.push({
      path: ['embed', 'dimension'],
      value: dimension ?? 1536,
      origin: value.dimension === undefined ? undefined : origin,
      questions:
        dimension === undefined ? [`How many numbers has a vector of ${value.name ?? 'the model'}?`] : [],
    });
  if (hosted === undefined) {
    const question = `How many tokens does ${value.name ?? 'the model'} take? A longer text becomes a dead letter.`;
    settings.push({ path: ['embed', 'maxTokens'], value: USUAL_TOKENS, questions: [question] });
  }
  if (value.batch !== undefined && value.batch <= 2048)
    settings.push({ path: ['embed', 'batch'], value: value.batch, origin });
  const changes = [
    {
      what: 'one request after the other -> retries, limits and a budget',
      why: 'A refused or broken request is tried again with growing pauses; what was embedded is kept and never paid for twice. embed.limits, embed.budget.',
    },
  ];
  return { settings, changes, program: undefined, maxTokens: hosted?.maxTokens, where: 'api' };
}

function azureSettings({ url, azure, name }: ModelFact): Setting[] {
  const version = azure?.version ?? '2024-02-01';
  const host = url === undefined || !/^https?:\/\//.test(url) ? undefined : url.replace(/\/+$/, '');
  const address = `${host ?? 'https://RESOURCE.openai.azure.com'}/openai/deployments/${azure?.deployment ?? name ?? 'DEPLOYMENT'}/embeddings?api-version=${version}`;
  const questions = host === undefined ? ['Which resource of Azure? Its address stands in the portal.'] : [];
  return [
    { path: ['embed', 'url'], value: address, questions },
    { path: ['embed', 'keyHeader'], value: 'api-key' },
  ];
}

/** Vectors by a program: of the notebook's function, else of a library that a line of Python calls. */
function programPlan(recipe: Recipe, fact: Fact<ModelFact>, questions: readonly string[]): ModelPlan {
  const { value, origin } = fact;
  const known = knownModel(value.name);
  const own = value.function && recipe.functions.find(({ name }) => name === value.function!.name);
  const lines = linesOf(value);
  if (lines === undefined && (!own || own.readsData)) return notMigrated(fact, questions);
  const program = lines
    ? { function: undefined, takes: 'many' as const, lines }
    : { function: own!.name, takes: value.function!.takes, lines: [] };
  const dimension = value.dimension ?? known?.dimension;
  const settings: Setting[] = [
    {
      path: ['embed', 'command'],
      value: ['python3', 'embed.py'],
      origin,
      questions,
      notes: [
        value.library === 'unknown'
          ? "the notebook's own function: install what it imports for python3"
          : `${value.library}, as in the notebook: install what it needs for python3.`,
      ],
    },
    {
      path: ['embed', 'dimension'],
      value: dimension ?? 384,
      questions:
        dimension === undefined
          ? ['How many numbers has a vector? python3 embed.py --try "a text" shows one.']
          : [],
    },
    ...normalizeSetting(recipe, known),
  ];
  return { settings, changes: [], program, maxTokens: value.maxTokens ?? known?.maxTokens, where: 'local' };
}

function linesOf({ library, name }: ModelFact): string[] | undefined {
  const model = JSON.stringify(name ?? '');
  if (library === 'fastembed')
    return [
      'from fastembed import TextEmbedding',
      '',
      `model = TextEmbedding(model_name=${model})`,
      '',
      '',
      'def embed(texts):',
      '    return list(model.embed(texts))',
    ];
  if (library === 'FlagEmbedding')
    return [
      'from FlagEmbedding import FlagModel',
      '',
      `model = FlagModel(${model}, use_fp16=False)`,
      '',
      '',
      'def embed(texts):',
      '    return model.encode(texts)',
    ];
  if (library === 'sentence-transformers' || library === 'langchain-huggingface')
    return [
      'from sentence_transformers import SentenceTransformer',
      '',
      `model = SentenceTransformer(${model})`,
      '',
      '',
      'def embed(texts):',
      '    return model.encode(texts)',
    ];
  return undefined;
}

/** A model whose vectors depend on the whole corpus, or that is made in a way which is not followed. */
function notMigrated({ value, origin }: Fact<ModelFact>, questions: readonly string[]): ModelPlan {
  const question =
    value.library === 'scikit-learn'
      ? `${value.name ?? 'The vectorizer'} learns its numbers from all texts at once, so a new text would change every vector. Take an embedding model; keyword search of the index finds words.`
      : `How are vectors made with ${value.library}${value.name === undefined ? '' : ` (${value.name})`}? Write it as embed.py, or take a model: hub:ORG/NAME@REVISION.`;
  const setting = { path: ['embed', 'model'], value: 'minilm', origin, questions: [question, ...questions] };
  const change = {
    what: `${value.library}${value.name === undefined ? '' : ` (${value.name})`} -> minilm`,
    why: 'Results differ: see the question in throughline.yaml.',
  };
  return {
    settings: [setting],
    changes: [change],
    program: undefined,
    maxTokens: undefined,
    where: 'unknown',
  };
}
