import { columnsOf, type Fact, type Formula, type Recipe, type StepFact } from '@throughline/notebook-lint';
import type { ColumnType } from '../config/index.ts';
import { type FilterColumns, FilterError, parseFilter } from '../filter/index.ts';
import type { LookedAt } from '../init/index.ts';
import { type CelColumn, celOf } from './cel.ts';
import { type Change, placeOf, type Setting } from './setting.ts';

/** A condition of the notebook in CEL. */
export interface RowFilter {
  readonly cel: string;
  readonly fact: Fact<StepFact>;
}

export interface RowsPlan {
  readonly filters: readonly RowFilter[];
  readonly questions: readonly string[];
  /** Steps of `transform:` before the text is made, and after it. */
  readonly before: readonly Setting[];
  readonly after: readonly Setting[];
  /** Types that the filter needs of columns. */
  readonly types: ReadonlyMap<string, ColumnType>;
  readonly changes: readonly Change[];
}

/** Which rows the notebook keeps, as `source.filter` and `transform`. What they do not say exactly is a question. */
export function rowsPlan(
  recipe: Recipe,
  columnOf: (column: string) => CelColumn,
  isFixed: (column: string) => boolean,
  looked: LookedAt | undefined,
): RowsPlan {
  const types = new Map<string, ColumnType>();
  const filters: RowFilter[] = [];
  const questions: string[] = [];
  const before: Setting[] = [];
  const after: Setting[] = [];
  const changes: Change[] = [];
  let deduped = false;
  for (const fact of recipe.steps) {
    const { value, origin } = fact;
    if (value.op === 'sample') changes.push(sampleChange(value, fact));
    else if (value.op === 'filter') {
      const result = celOf(value.condition, columnOf, nullsOf(recipe, origin.source));
      // The id and the text are texts: what needs another type of them cannot be said.
      const fits =
        result &&
        [...result.types].every(
          ([column, type]) =>
            (!isFixed(column) || type === 'string') &&
            fitting(types, column, type) &&
            isInFile(looked, column, type),
        );
      if (!result || !fits) questions.push(notExactly(fact));
      else {
        for (const [column, type] of result.types) types.set(column, type);
        filters.push({ cel: result.cel, fact });
        if (deduped)
          changes.push({
            what: `the filter of cell ${origin.cell}, line ${origin.line} -> before dedupe`,
            why: 'A filter of the source is met before duplicates are looked for; the notebook does it after. Rows differ only where duplicates differ in the filtered column.',
          });
      }
    } else if (value.op === 'drop_nulls') before.push(dropNulls(value, fact, recipe));
    else if (value.op === 'dedupe') {
      deduped = true;
      dedupe(value, fact, recipe, before, after, changes);
    }
  }
  return { filters, questions, before, after, types, changes };
}

function notExactly({ origin }: Fact<StepFact>): string {
  return `A filter cannot say exactly the same as ${placeOf(origin)}`;
}

/** `source.filter`: what the columns of the config allow; another condition is a question. */
export function filterSetting(
  { filters, questions }: Pick<RowsPlan, 'filters' | 'questions'>,
  columns: FilterColumns,
): Setting | undefined {
  const [allowed, refused]: [RowFilter[], string[]] = [[], []];
  for (const one of filters)
    if (isFilter(one.cel, columns)) allowed.push(one);
    else refused.push(notExactly(one.fact));
  return joinedFilter(allowed, [...questions, ...refused]);
}

function isFilter(cel: string, columns: FilterColumns): boolean {
  try {
    parseFilter(cel, columns);
    return true;
  } catch (error) {
    if (error instanceof FilterError) return false;
    throw error;
  }
}

/** Polars and SQL leave a row out where a comparison meets nothing, as Spark does; pandas does not, whoever read the rows. */
function nullsOf({ source }: Recipe, statement: string): 'pandas' | 'spark' {
  const reader = source?.value.reader ?? '';
  if (/^pyspark\b/.test(reader)) return 'spark';
  const byPandas = /\w\[|\.(query|loc)\b/.test(statement) && !/\.(filter|where|remove)\s*\(/.test(statement);
  return /^(polars|duckdb)\b/.test(reader) && !byPandas ? 'spark' : 'pandas';
}

/** Whether the values that were looked at can be of the type: pandas makes True and False of a column, and compares them with 1. */
function isInFile(looked: LookedAt | undefined, column: string, type: ColumnType): boolean {
  const facts = looked?.columns.find(({ name }) => name === column);
  if (!facts || facts.filled === 0) return true;
  if (type === 'double') return facts.double > 0;
  return type !== 'boolean' || facts.boolean > 0;
}

function fitting(types: ReadonlyMap<string, ColumnType>, column: string, type: ColumnType): boolean {
  const known = types.get(column);
  return known === undefined || known === type;
}

function joinedFilter(filters: readonly RowFilter[], questions: readonly string[]): Setting | undefined {
  if (filters.length === 0 && questions.length === 0) return undefined;
  const whole = filters
    .map(({ cel }) => (filters.length > 1 && / \|\| /.test(cel) ? `(${cel})` : cel))
    .join(' && ');
  const [first, ...others] = filters;
  return {
    path: ['source', 'filter'],
    value: first ? whole : undefined,
    origin: first?.fact.origin,
    notes: others.map(({ fact }) => `and from ${placeOf(fact.origin)}`),
    questions,
  };
}

function sampleChange(value: Extract<StepFact, { op: 'sample' }>, { origin }: Fact<StepFact>): Change {
  const size =
    value.rows !== undefined
      ? `${value.rows} rows`
      : value.share !== undefined
        ? `${value.share * 100} %`
        : 'some rows';
  return {
    what: `a sample of ${size} (cell ${origin.cell}, line ${origin.line}) -> the full history`,
    why: 'The notebook works on a sample; production takes every row. A first look: throughline run --sample 1000.',
  };
}

function dropNulls(
  value: Extract<StepFact, { op: 'drop_nulls' }>,
  { origin }: Fact<StepFact>,
  recipe: Recipe,
): Setting {
  const path = ['transform', 'drop_nulls'];
  const columns = value.columns?.flatMap((column) => namesOf(column, recipe) ?? [undefined]);
  if (columns === undefined || columns.includes(undefined))
    return {
      path,
      value: undefined,
      origin,
      questions: [
        `Which columns must hold something? ${value.columns ? 'The notebook looks at a column that it has made' : 'The notebook looks at all columns'}: ${placeOf(origin)}`,
      ],
    };
  return { path, value: { drop_nulls: columns }, origin };
}

/** The source's columns that are empty where the formula is. */
function namesOf(formula: Formula, { text }: Recipe): string[] | undefined {
  if (formula.op === 'column') return [formula.name];
  if (text && same(formula, text.value)) return columnsOf(formula);
  return formula.op === 'text' ? namesOf(formula.of, { text } as Recipe) : undefined;
}

function same(a: Formula, b: Formula): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function dedupe(
  value: Extract<StepFact, { op: 'dedupe' }>,
  { origin }: Fact<StepFact>,
  { text }: Recipe,
  before: Setting[],
  after: Setting[],
  changes: Change[],
): void {
  const path = ['transform', 'dedupe'];
  const [only, ...others] = value.columns ?? [];
  const ofText = only !== undefined && text !== undefined && others.length === 0 && same(only, text.value);
  if (
    value.keep !== 'first' ||
    only === undefined ||
    others.length > 0 ||
    (only.op !== 'column' && !ofText)
  ) {
    const kept = value.keep === 'first' ? '' : ' and keeps another than the first';
    const what = value.columns === undefined ? 'whole rows' : 'several columns, or one that it has made';
    after.push({
      path,
      value: undefined,
      origin,
      questions: [
        `How are duplicates known? dedupe keeps the first row of each value of one column; the notebook compares ${what}${kept}: ${placeOf(origin)}`,
      ],
    });
    return;
  }
  if (ofText && only.op !== 'column') after.push({ path, value: { dedupe: 'text' }, origin });
  else if (only.op === 'column') before.push({ path, value: { dedupe: only.name }, origin });
  changes.push({
    what: 'duplicates of the whole table -> of each chunk',
    why: 'Chunks are worked on apart: a text that comes again in another chunk stays. One chunk holds all where the history is small: chunk: { by: ..., every: 10y }.',
  });
}
