import type { Fact, Formula, ModelFact, Question, Recipe } from './recipe.ts';

/** What reading the notebook could not settle, for a person to answer. */
export function questionsOf(recipe: Recipe): Question[] {
  return [
    ...sourceQuestions(recipe),
    ...textQuestions(recipe),
    ...modelQuestions(recipe),
    ...contradictions(recipe),
  ];
}

function* sourceQuestions({ source, steps }: Recipe): Iterable<Question> {
  if (!source)
    yield {
      about: 'source',
      text: 'Which file holds the full history? The notebook reads none that could be followed.',
      origin: undefined,
    };
  else if (source.value.path === undefined)
    yield {
      about: 'source',
      text: 'Which file holds the full history? The notebook computes the path.',
      origin: source.origin,
    };
  for (const { value, origin } of steps)
    if (value.op === 'other' && value.name === 'columns =')
      yield {
        about: 'source',
        text: 'The notebook gives the columns other names: which column of the file is which?',
        origin,
      };
    else if (value.op === 'other')
      yield {
        about: 'source',
        text: `\`${value.name}\` makes other rows of those that were read. Do it before the pipeline, or in \`transform\`.`,
        origin,
      };
}

function* textQuestions({ text, source }: Recipe): Iterable<Question> {
  if (!text)
    yield {
      about: 'text',
      text: 'Which column holds the text? The notebook does not show which column is embedded.',
      origin: source?.origin,
    };
  else if (!isUnderstood(text.value))
    yield {
      about: 'text',
      text: 'How is the text made? A part of it could not be followed.',
      origin: text.origin,
    };
}

function isUnderstood(formula: Formula): boolean {
  if (formula.op === 'other') return false;
  if (formula.op === 'concat') return formula.parts.every(isUnderstood);
  if (formula.op === 'call' && formula.ofRow) return true;
  return formula.op === 'column' || formula.op === 'literal' || isUnderstood(formula.of);
}

/** A function of the notebook makes the vectors, without a library that takes a name. */
function isOwn({ library, function: own }: ModelFact): boolean {
  return library === 'unknown' && own !== undefined;
}

function* modelQuestions({ model, split, functions }: Recipe): Iterable<Question> {
  if (!model)
    yield {
      about: 'model',
      text: 'Which model made the vectors? The notebook shows no call that embeds.',
      origin: undefined,
    };
  else if (model.value.name === undefined && !isOwn(model.value))
    yield {
      about: 'model',
      text: `Which model is it? \`${model.value.library}\` is given a name that is computed.`,
      origin: model.origin,
    };
  else if (
    model.value.where === 'local' &&
    model.value.revision === undefined &&
    isOfHub(model.value.library)
  )
    yield {
      about: 'revision',
      text: `Which revision of ${model.value.name}? The notebook pins none.`,
      origin: model.origin,
    };
  if (split?.value.kind === 'library' && split.value.function === undefined)
    yield {
      about: 'split',
      text: `\`${split.value.name}\` cuts by its own rules: sentences here give passages of about the same size, not the same ones.`,
      origin: split.origin,
    };
  if (split?.value.kind === 'function' && split.value.function === undefined)
    yield {
      about: 'split',
      text: `\`${split.value.name}\` cuts the texts, and is given something that is no literal, or not the text first: write split.py, or take sentences.`,
      origin: split.origin,
    };
  for (const { name, missing, readsData, origin } of functions) {
    if (missing.length > 0)
      yield {
        about: 'function',
        text: `\`${name}\` needs ${missing.join(', ')}, which the notebook does not define.`,
        origin,
      };
    if (readsData)
      yield { about: 'function', text: `\`${name}\` needs data that the notebook reads.`, origin };
  }
}

function isOfHub(library: string): boolean {
  return /sentence-transformers|langchain-huggingface|fastembed|FlagEmbedding|transformers/.test(library);
}

function* contradictions(recipe: Recipe): Iterable<Question> {
  const { model, metric, id, timestamp, clustering } = recipe;
  yield* other('model', model, ({ name, library }) => name ?? library);
  yield* other('metric', metric, (value) => value);
  yield* other('id', id, (value) => value);
  yield* other('timestamp', timestamp, ({ column }) => column);
  yield* other(
    'themes',
    clustering,
    ({ method, count }) => `${method}${count === undefined ? '' : ` of ${count}`}`,
  );
}

function* other<T>(about: string, fact: Fact<T> | undefined, show: (value: T) => string): Iterable<Question> {
  if (!fact) return;
  const own = show(fact.value);
  const names = [...new Set(fact.alternatives.map(({ value }) => show(value)))].filter(
    (name) => name !== own,
  );
  if (names.length > 0)
    yield {
      about,
      text: `${own}, or ${names.join(', or ')}? The notebook has both; the ${/^(id|timestamp)$/.test(about) ? 'first' : 'last'} was taken.`,
      origin: fact.alternatives[0]!.origin,
    };
}
