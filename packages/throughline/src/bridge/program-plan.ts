import type { Fact, FunctionSource, ModelFact, Recipe } from '@throughline/notebook-lint';
import { knownModel } from './known-models.ts';
import { type ModelPlan, normalizeSetting, precisionChange, prefixSettings } from './model-plan.ts';
import type { Setting } from './setting.ts';

/** Vectors by a program: of the notebook's function, else of a library that a line of Python calls. */
export function programPlan(recipe: Recipe, fact: Fact<ModelFact>, questions: readonly string[]): ModelPlan {
  const { value, origin } = fact;
  const known = knownModel(value.name);
  const own = value.function && recipe.functions.find(({ name }) => name === value.function!.name);
  const lines = linesOf(value);
  if (lines === undefined && (!own || own.readsData)) return notMigrated(fact, questions);
  const program = lines
    ? { function: undefined, takes: 'many' as const, lines }
    : { function: own!.name, takes: value.function!.takes, lines: [], ofQuestions: value.ofQuestions };
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
    ...prefixesOf(fact, lines ? undefined : own),
  ];
  const changes = lines ? precisionChange(value) : [];
  return { settings, changes, program, maxTokens: value.maxTokens ?? known?.maxTokens, where: 'local' };
}

/** What the program is given has the prefixes before it, unless the notebook's function puts them there itself. */
function prefixesOf(fact: Fact<ModelFact>, own: FunctionSource | undefined): Setting[] {
  const code = own?.slice.map(({ source }) => source).join('\n') ?? '';
  return prefixSettings(fact, undefined).filter(({ value }) => !code.includes(String(value).trim()));
}

function linesOf({ library, name, revision, normalize, maxTokens }: ModelFact): string[] | undefined {
  if (name === undefined) return undefined;
  const model = JSON.stringify(name);
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
      `model = SentenceTransformer(${model}${revision === undefined ? '' : `, revision=${JSON.stringify(revision)}`})`,
      ...(maxTokens === undefined ? [] : [`model.max_seq_length = ${maxTokens}`]),
      '',
      '',
      'def embed(texts):',
      `    return model.encode(texts${normalize === undefined ? '' : `, normalize_embeddings=${normalize ? 'True' : 'False'}`})`,
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
