import type { FunctionSource, Recipe } from '@throughline/notebook-lint';
import type { ModelPlan } from './model-plan.ts';
import type { Setting } from './setting.ts';

export interface SplitPlan {
  readonly settings: readonly Setting[];
  /** Function of the notebook that split.py calls. */
  readonly function: string | undefined;
}

/** Whether passages may be other characters than those of the text, which is where they have to stand. */
function rewrites({ slice }: FunctionSource): boolean {
  return slice.some(({ source }) =>
    /["']\s*\.join\(|\.(lower|upper|title|replace|translate)\(|\bre\.sub\(/.test(source),
  );
}

const REWRITTEN =
  "Do its passages stand in the text as they are? It joins or changes words: joined by a space they are no part of a text with a line break or two spaces, which becomes a dead letter (bad_passages). Then make the text so before it is cut, in transform (of a column `text`: - { sql: \"SELECT * REPLACE (trim(regexp_replace(text, '\\\\s+', ' ', 'g')) AS text) FROM input\" }) or in clean.py; normalise keeps line breaks.";

/** What a program of the notebook may get whole: it cuts texts itself. */
const WHOLE = 1_000_000;

export function splitPlan(recipe: Recipe, model: ModelPlan): SplitPlan {
  const fact = recipe.split;
  if (!fact) return { settings: unsplit(model), function: undefined };
  const { value, origin } = fact;
  const own = recipe.functions.find(({ name }) => name === value.function);
  if (own && !own.readsData && own.missing.length === 0)
    return {
      settings: [
        {
          path: ['split', 'command'],
          value: ['python3', 'split.py'],
          origin,
          questions: rewrites(own) ? [REWRITTEN] : [],
          notes: [
            value.kind === 'function'
              ? "the notebook's own function"
              : `${value.name}, as in the notebook: install what it needs for python3`,
          ],
        },
        // What is still too long for the model.
        ...unsplit(model),
      ],
      function: value.function,
    };
  const asked = recipe.questions.filter(({ about }) => about === 'split').map(({ text }) => text);
  const question = own
    ? `The notebook cuts texts by ${value.kind === 'function' ? 'its own function ' : ''}${value.name}; sentences give passages of about the same size.`
    : undefined;
  const settings: Setting[] = [
    {
      path: ['split', 'mode'],
      value: 'sentences',
      origin,
      questions: question ? [question, ...asked] : asked,
    },
  ];
  if (value.unit === 'tokens' && value.size !== undefined && value.size >= 8) {
    const maxTokens = Math.min(value.size, model.maxTokens ?? value.size);
    settings.push({
      path: ['split', 'maxTokens'],
      value: maxTokens,
      origin,
      notes:
        maxTokens < value.size
          ? [`the notebook asks for ${value.size}, which is more than the model reads`]
          : [],
    });
    if (value.overlap !== undefined)
      settings.push({ path: ['split', 'overlap'], value: value.overlap, origin });
  }
  return { settings, function: undefined };
}

/** The notebook gives whole texts: an API refuses what is too long, a model reads the beginning, a program does as it does. */
function unsplit({ where, maxTokens, program }: ModelPlan): Setting[] {
  if (program)
    return [
      {
        path: ['split', 'mode'],
        value: 'none',
        notes: ['the program gets what the notebook gives it, however long'],
      },
      { path: ['embed', 'maxTokens'], value: WHOLE, notes: ['the program cuts texts itself'] },
    ];
  if (where === 'api')
    return [
      {
        path: ['split', 'mode'],
        value: 'none',
        notes: [
          'the notebook sends texts as they are, and the API refuses what is too long: here it becomes a dead letter',
        ],
      },
    ];
  if (where === 'unknown') return [];
  const settings: Setting[] = [
    {
      path: ['split', 'mode'],
      value: 'truncate',
      notes: ['the notebook lets the model cut texts; sentences would find what stands further down'],
    },
  ];
  if (maxTokens !== undefined)
    settings.push({
      path: ['split', 'maxTokens'],
      value: maxTokens,
      notes: ['what the model reads in the notebook'],
    });
  return settings;
}
