import type { FunctionSource, Recipe } from '@throughline/notebook-lint';
import type { LookedAt } from '../init/index.ts';
import { filterColumns } from '../source/filter-columns.ts';
import type { CelColumn } from './cel.ts';
import { columnNames } from './column-names.ts';
import { type ColumnAnswers, columnsPlan, fixedColumns } from './columns-plan.ts';
import { type EmbedProgram, modelPlan } from './model-plan.ts';
import { withColumnNumbers } from './named-columns.ts';
import type { PythonText } from './python-text.ts';
import { filterSetting, rowsPlan } from './rows-plan.ts';
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

/** A column whose name no filter can say: a filter with it is refused. */
const UNNAMED = '?';

/** The pipeline that gives the notebook's results, as settings with their origins. Pure. */
export function pipelinePlan(input: PlanInput): PipelinePlan {
  const { answers } = input;
  // What lies there may have a header all the same.
  const hasHeader = input.looked !== undefined && input.looked.format.header !== false;
  const recipe = hasHeader ? input.recipe : withColumnNumbers(input.recipe);
  const source = sourcePlan(recipe, input.source, input.looked);
  const text = textPlan(recipe, input.looked);
  const fixed = fixedColumns(recipe, text.columns, input.looked, answers);
  const { id, timestamp } = fixed;
  const names = columnNames(
    recipe,
    [id, ...fixed.text, timestamp].filter((column) => column !== undefined),
  );
  const isFixed = (column: string) => fixed.text.includes(column) || column === id;
  const otherTimes = new Set(recipe.timestamp?.alternatives.map(({ value }) => value.column));
  const columnOf = (column: string): CelColumn => ({
    name: names.get(column) ?? UNNAMED,
    isTime: column === timestamp,
    isOtherTime: column !== timestamp && otherTimes.has(column),
  });
  const rows = rowsPlan(recipe, columnOf, isFixed, input.looked);
  const columns = columnsPlan(recipe, fixed, names, rows.types, input.looked, answers);
  const filter = filterSetting(rows, filterColumns(columns));
  const model = modelPlan(recipe, answers.revision);
  const split = splitPlan(recipe, model);
  const themes = themesPlan(recipe, model.where);
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
      ...(filter ? [filter] : []),
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

/** Whether a function of a row formats or calculates: `{row['amount']:.2f}`, `row.price * 2`. */
function calculates({ name, source }: FunctionSource, expression: string): boolean {
  const ofRow =
    expression.includes(`notebook.${name}(row)`) || expression.includes(`notebook.${name}(Simple`);
  return (
    ofRow && /\{[^{}\n]+:[^{}\n]*[defg%][}]|\bround\(|\babs\(|[\])\w]\s*(\*|\/|-|[<>]=?)\s*[\w(]/.test(source)
  );
}

function numbersQuestion({ name }: FunctionSource): string {
  return `Does ${name} need numbers? It formats or calculates, and here every column is a text: turn it into a number in clean.py, float(row["COLUMN"]), or every row becomes a dead letter.`;
}

function madeText(
  text: ReturnType<typeof textPlan>,
  mapped: readonly string[],
  { text: fact, functions }: Recipe,
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
      questions: functions.filter((one) => calculates(one, text.python.expression)).map(numbersQuestion),
      notes: ["the notebook's own Python makes the text"],
    },
  ];
}
