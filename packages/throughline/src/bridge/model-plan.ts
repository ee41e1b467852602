import type { Fact, ModelFact, Recipe } from '@throughline/notebook-lint';
import { apiPlan } from './api-plan.ts';
import { hubName, type KnownModel, knownModel } from './known-models.ts';
import { programPlan } from './program-plan.ts';
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
  /** Of the notebook: what questions go through before. */
  readonly ofQuestions?: string | undefined;
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
  const { library, name } = fact.value;
  if (
    name !== undefined &&
    /^(sentence-transformers|langchain-huggingface|chromadb|BERTopic)$/.test(library) &&
    !knownModel(fact.value.name)?.beyondOnnx
  )
    return ofHub(recipe, fact, questions, revision);
  return programPlan(recipe, fact, questions);
}

function unknownModel(fact: Fact<ModelFact> | undefined, questions: readonly string[]): ModelPlan {
  const setting = { path: ['embed', 'model'], value: 'minilm', origin: fact?.origin, questions };
  return { settings: [setting], changes: [], program: undefined, maxTokens: undefined, where: 'unknown' };
}

/** A name with an organisation, or one that is known; a folder and a bare name are asked about. */
function ofHub(
  recipe: Recipe,
  fact: Fact<ModelFact>,
  questions: readonly string[],
  revision: string | undefined,
): ModelPlan {
  const given = fact.value.name!;
  if (isFolder(given)) return unknownModel(fact, [folderQuestion(given), ...questions]);
  const name = hubName(given);
  if (name === undefined || !/^[\w.-]+\/[\w.-]+$/.test(name))
    return unknownModel(fact, [
      `Which model is ${JSON.stringify(given)}? A model has an organisation: hub:ORGANISATION/NAME@REVISION.`,
      ...questions,
    ]);
  return hubPlan(recipe, fact, name, questions, revision);
}

function isFolder(name: string): boolean {
  return /^([./~\\]|[A-Za-z]:[\\/])/.test(name) || name.split(/[\\/]/).length > 2;
}

function folderQuestion(name: string): string {
  return `The notebook's model is the folder ${name}. Export it to ONNX, and name its folder relative to this file: onnx:FOLDER.`;
}

function hubPlan(
  recipe: Recipe,
  fact: Fact<ModelFact>,
  name: string,
  questions: readonly string[],
  answered: string | undefined,
): ModelPlan {
  const { value, origin } = fact;
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

export function precisionChange({ precision }: ModelFact): Change[] {
  if (precision === undefined) return [];
  return [
    {
      what: `${precision} -> fp32`,
      why: 'The pipeline computes in float32: vectors are near those of the notebook, not the same to the last digits.',
    },
  ];
}

/** Cosine ranks vectors of length 1; a dot product of raw vectors, and k-means on them, need them as they are. */
export function normalizeSetting(
  { model, metric, clustering }: Recipe,
  known: KnownModel | undefined,
): Setting[] {
  const scaled = model?.value.normalize === true || (known?.normalized === true && !model?.value.unscaled);
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
export function prefixSettings({ value, origin }: Fact<ModelFact>, known: KnownModel | undefined): Setting[] {
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
