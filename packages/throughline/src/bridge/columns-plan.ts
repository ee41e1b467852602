import type { Recipe } from '@throughline/notebook-lint';
import type { ColumnType } from '../config/index.ts';
import type { LookedAt } from '../init/index.ts';
import { timeFormatOf } from '../init/time-format.ts';
import { suggest } from '../suggest.ts';
import type { Setting } from './setting.ts';
import { luxonFormat } from './strptime.ts';

export interface ColumnsPlan {
  readonly id: string | undefined;
  readonly text: readonly string[];
  readonly timestamp: string | undefined;
  readonly attributes: readonly {
    readonly name: string;
    readonly column: string;
    readonly type: ColumnType;
  }[];
  readonly settings: readonly Setting[];
}

/** What a person answered, in place of what the notebook does not say. */
export interface ColumnAnswers {
  readonly text?: readonly string[] | undefined;
  readonly id?: string | undefined;
}

/** Types that filters need, by column. */
type Types = ReadonlyMap<string, ColumnType>;

/** The columns that every record has. */
export interface FixedColumns {
  readonly id: string | undefined;
  readonly text: readonly string[];
  readonly timestamp: string | undefined;
}

export function fixedColumns(
  recipe: Recipe,
  text: readonly string[],
  looked: LookedAt | undefined,
  answers: ColumnAnswers,
): FixedColumns {
  return {
    id: answers.id ?? recipe.id?.value,
    text: answers.text ?? (text.length > 0 ? text : [guessless(looked?.columns.map(({ name }) => name))]),
    timestamp: recipe.timestamp?.value.column,
  };
}

/**
 * Columns of the source by their part in a record. What the file lacks is a question with the nearest name. `names`: of
 * attributes, by column.
 */
export function columnsPlan(
  recipe: Recipe,
  { id, text: texts, timestamp }: FixedColumns,
  names: ReadonlyMap<string, string>,
  types: Types,
  looked: LookedAt | undefined,
  answers: ColumnAnswers,
): ColumnsPlan {
  const there = looked?.columns.map(({ name }) => name);
  const missing = (column: string) => missingQuestion(column, there);
  const time = recipe.timestamp;
  const taken = new Set([...texts, id, timestamp]);
  const named = [...recipe.columns.map(({ value }) => value), ...types.keys()];
  const attributes: { name: string; column: string; type: ColumnType }[] = [];
  const left: string[] = [];
  for (const column of new Set(named)) {
    if (taken.has(column)) continue;
    if (there && !there.includes(column)) left.push(...missing(column));
    else
      attributes.push({
        name: names.get(column)!,
        column,
        type: types.get(column) ?? 'string',
      });
  }
  const settings: Setting[] = [
    idSetting(recipe, id, there),
    {
      path: ['source', 'text'],
      value: texts.length === 1 ? texts[0] : texts,
      origin: recipe.text?.origin,
      questions: [...(answers.text ? [] : textQuestions(recipe)), ...texts.flatMap(missing)],
    },
    ...(time ? timeSettings(recipe, looked) : []),
    ...(attributes.length > 0 || left.length > 0 ? [attributesSetting(attributes, left, recipe)] : []),
  ];
  return { id, text: texts, timestamp, attributes, settings };
}

/** A config needs some column; which one is asked. */
function guessless(there: readonly string[] | undefined): string {
  return there?.includes('text') || !there ? 'text' : (there[0] ?? 'text');
}

function missingQuestion(column: string, there: readonly string[] | undefined): string[] {
  if (!there || there.includes(column)) return [];
  const near = suggest(column, there);
  const known = near === undefined ? `It has: ${there.slice(0, 20).join(', ')}.` : `Is it ${near}?`;
  return [`The notebook uses the column ${JSON.stringify(column)}, which the file does not have. ${known}`];
}

function textQuestions({ questions }: Recipe): string[] {
  return questions.filter(({ about }) => about === 'text').map(({ text }) => text);
}

function idSetting(recipe: Recipe, id: string | undefined, there: readonly string[] | undefined): Setting {
  const asked = recipe.questions.filter(({ about }) => about === 'id').map(({ text }) => text);
  if (id !== undefined)
    return {
      path: ['source', 'id'],
      value: id,
      origin: recipe.id?.value === id ? recipe.id.origin : undefined,
      questions: [...asked, ...missingQuestion(id, there)],
    };
  const like = there?.filter((name) => /^(id|uuid|key)$|[_\s-](id|uuid)$|[a-z]Id$/i.test(name)) ?? [];
  const question =
    like.length > 0
      ? `Which column is the id? The notebook names none; the file has ${like.join(', ')}.`
      : 'Which column is the id? The notebook names none.';
  return {
    path: ['source', 'id'],
    value: undefined,
    questions: [`${question} Without one a record is known by a hash of its content.`],
  };
}

/** The format of the notebook; where it leaves that to pandas, the one that all values of the file have. */
function timeSettings({ timestamp, questions }: Recipe, looked: LookedAt | undefined): Setting[] {
  const { value, origin } = timestamp!;
  const asked = questions.filter(({ about }) => about === 'timestamp').map(({ text }) => text);
  const there = looked?.columns.map(({ name }) => name);
  const column: Setting = {
    path: ['source', 'timestamp'],
    value: value.column,
    origin,
    questions: [...asked, ...missingQuestion(value.column, there)],
  };
  if (value.format !== undefined) {
    try {
      const format = value.format.includes('%') ? luxonFormat(value.format) : value.format;
      return format === undefined
        ? [column]
        : [column, { path: ['source', 'format'], value: format, origin }];
    } catch (error) {
      const question = `How are times written? ${(error as Error).message} in the notebook's ${value.format}.`;
      return [{ ...column, questions: [...column.questions!, question] }];
    }
  }
  const values = looked?.columns.find(({ name }) => name === value.column)?.values ?? [];
  if (values.length === 0)
    return [{ ...column, notes: ['ISO 8601; another way of writing times is said by format: MM/dd/yyyy'] }];
  return formatFound(column, values);
}

function formatFound(column: Setting, values: readonly string[]): Setting[] {
  const questions = column.questions ?? [];
  const found = timeFormatOf(values, true);
  if (!found) {
    const question =
      'How are times written? The notebook leaves it to pandas, and no one format reads the file.';
    return [{ ...column, questions: [...questions, question] }];
  }
  const { format, otherwise } = found;
  const both = otherwise === undefined ? [] : [`Is it ${format} or ${otherwise}? Every value reads as both.`];
  const own: Setting = { ...column, questions: [...questions, ...both] };
  if (format === undefined) return [own];
  const notes = ['as the file has it; the notebook leaves it to pandas'];
  return [own, { path: ['source', 'format'], value: format, notes }];
}

function attributesSetting(
  attributes: ColumnsPlan['attributes'],
  left: readonly string[],
  { columns }: Recipe,
): Setting {
  const value = attributes.map(({ name, column, type }) => {
    if (type !== 'string') return { [name]: { column, type } };
    return name === column ? name : { [name]: column };
  });
  const first = columns.find((fact) => attributes.some(({ column }) => column === fact.value));
  return {
    path: ['source', 'attributes'],
    value: value.length > 0 ? value : undefined,
    origin: first?.origin,
    notes: value.length > 0 ? ['columns that the notebook names: kept, to filter by and to show'] : [],
    questions: left,
  };
}
