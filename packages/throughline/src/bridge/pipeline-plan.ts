import type { Recipe } from '@throughline/notebook-lint';
import { attributeName } from '../init/choose-columns.ts';
import type { LookedAt } from '../init/index.ts';
import type { CelColumn } from './cel.ts';
import { type ColumnAnswers, columnsPlan } from './columns-plan.ts';
import { type EmbedProgram, modelPlan } from './model-plan.ts';
import type { PythonText } from './python-text.ts';
import { rowsPlan } from './rows-plan.ts';
import type { Change, Setting } from './setting.ts';
import { sourcePlan } from './source-plan.ts';
import { splitPlan } from './split-plan.ts';
import { textPlan, textSql } from './text-plan.ts';
import { themesPlan } from './themes-plan.ts';

export interface PipelinePlan {
  readonly name: string;
  readonly settings: readonly Setting[];
  readonly changes: readonly Change[];
  readonly programs: {
    /** Python that makes the text of a row, the column that holds it, and those that it is made of. */
    readonly clean:
      | { readonly python: PythonText; readonly holder: string; readonly parts: readonly string[] }
      | undefined;
    readonly embed: EmbedProgram | undefined;
    /** A function that cuts a text. */
    readonly split: string | undefined;
  };
  readonly id: string | undefined;
  readonly text: readonly string[];
}

export interface PlanInput {
  readonly recipe: Recipe;
  readonly name: string;
  readonly lake: string;
  /** In place of the notebook's path, relative to the folder of the config. */
  readonly source: string | undefined;
  /** What lies at the path; undefined where nothing does. */
  readonly looked: LookedAt | undefined;
  readonly answers: ColumnAnswers & { readonly revision?: string | undefined };
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The pipeline that gives the notebook's results, as settings with their origins. Pure. */
export function pipelinePlan(input: PlanInput): PipelinePlan {
  const { recipe, answers } = input;
  const source = sourcePlan(recipe, input.source, input.looked);
  const text = textPlan(recipe, input.looked);
  const time = recipe.timestamp?.value.column;
  const id = answers.id ?? recipe.id?.value;
  const isFixed = (column: string) => text.columns.includes(column) || column === id;
  const columnOf = (column: string): CelColumn => {
    const own = (isFixed(column) || column === time) && IDENTIFIER.test(column);
    return { name: own ? column : attributeName(column, []), isTime: column === time };
  };
  const rows = rowsPlan(recipe, columnOf, isFixed);
  const columns = columnsPlan(recipe, text.columns, rows.types, input.looked, answers);
  const model = modelPlan(recipe, answers.revision);
  const split = splitPlan(recipe, model);
  const themes = themesPlan(recipe);
  const mapped = [
    ...new Set([
      columns.id,
      columns.timestamp,
      ...columns.text,
      ...columns.attributes.map(({ column }) => column),
    ]),
  ].filter((column) => column !== undefined);
  const made = madeText(text, mapped, recipe);
  return {
    name: input.name,
    settings: literally([
      ...source.settings,
      ...columns.settings,
      ...(rows.filter ? [rows.filter] : []),
      ...rows.before,
      ...made,
      ...rows.after,
      ...split.settings.filter(({ path }) => path[0] === 'split'),
      ...model.settings,
      ...split.settings.filter(({ path }) => path[0] === 'embed'),
      { path: ['lake'], value: input.lake },
      ...themes.settings,
    ]),
    changes: [...rows.changes, ...model.changes, ...themes.changes],
    programs: {
      clean:
        text.how === 'python'
          ? { python: text.python, holder: text.columns[0]!, parts: text.parts }
          : undefined,
      embed: model.program,
      split: split.function,
    },
    id: columns.id,
    text: columns.text,
  };
}

const VARIABLE = /\$\{[A-Za-z_]/;

/** A text of the notebook with `${NAME}` in it would be read as a variable of the environment. */
function literally(settings: readonly Setting[]): Setting[] {
  return settings.map((setting) => {
    if (
      setting.path[0] === 'lake' ||
      setting.isVariable ||
      !VARIABLE.test(JSON.stringify(setting.value) ?? '')
    )
      return setting;
    const question = `The notebook's value has a dollar sign and a brace, which mean a variable here: ${JSON.stringify(setting.value).replaceAll('${', '$ {')}`;
    const needed = ['path', 'text', 'type'].includes(setting.path.at(-1)!);
    return {
      ...setting,
      value: needed ? 'unknown' : undefined,
      questions: [...(setting.questions ?? []), question],
    };
  });
}

function madeText(
  text: ReturnType<typeof textPlan>,
  mapped: readonly string[],
  { text: fact }: Recipe,
): Setting[] {
  const path = ['transform', 'text'];
  if (text.how === 'sql')
    return [
      {
        path,
        value: { sql: textSql(text.expression, text.columns[0]!, mapped) },
        origin: fact!.origin,
        notes: ['the text, as the notebook puts it together'],
      },
    ];
  if (text.how !== 'python') return [];
  return [
    {
      path,
      value: { command: ['python3', 'clean.py'] },
      origin: fact!.origin,
      notes: ["the notebook's own Python makes the text"],
    },
  ];
}
