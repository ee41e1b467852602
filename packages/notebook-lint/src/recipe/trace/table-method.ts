import { textOf } from '../../python/node.ts';
import { constantOf, namesOf, numberOfConstant, type TracedCall, textOfConstant } from './call.ts';
import { columnsMade, filledTable, noteNames } from './columns-made.ts';
import { callWith } from './function.ts';
import { conditionOfQuery } from './query.ts';
import { resolvedCondition } from './resolve.ts';
import { after, columnOf } from './table.ts';
import { type Expr, NOTHING, type Step, type Table, type Traced } from './traced.ts';

type StepBody = Step extends infer S ? (S extends Step ? Omit<S, 'node'> : never) : never;

/** Methods that give the same rows: in another order, another form, or with columns more or less. */
const SAME =
  /^(copy|reset_index|sort_values|sort_index|orderBy|sort|astype|cache|persist|repartition|coalesce|to_pandas|toPandas|pandas_api|collect|to_dict|to_dicts|iterrows|itertuples|iter_rows|to_records|rows|items|iteritems|with_row_index|with_row_count|lazy|add_column|rename_column|set_transform|flatten_indices|alias|infer_objects|convert_dtypes|shuffle|with_format|set_axis|rename_axis|set_flags|to_numpy|to_arrow|swaplevel|set_format|remove_columns|select_columns|unpersist|toLocalIterator|na|to_frame|option|options|mode|partitionBy|format|schema|read|toDF)$/;
/** Methods that look at rows, write them, or count them: what they give is no table of texts. */
const NONE =
  /^(info|describe|summary|show|display|count|mean|median|std|var|sum|min|max|any|all|nunique|value_counts|corr|cov|memory_usage|isna|isnull|notna|notnull|duplicated|equals|plot|hist|boxplot|keys|first|printSchema|explain|save\w*|write\w*|insertInto|create\w*TempView|registerTempTable|to_(csv|parquet|pickle|json|excel|feather|sql|html|markdown|string|latex|clipboard|gbq|hdf|delta)|push_to_hub|cleanup_cache_files|is_empty|eval|n_unique|null_count)$/;

/** What a method of a table gives, and the step that it is. Changes the table itself where `inplace=True`. */
export function tableMethod(call: TracedCall, table: Table): Traced {
  const { name, node } = call;
  if (name === 'sample' && isWhole(call)) return { is: 'table', table };
  if (isOfGroups(name, table)) return { is: 'table', table };
  const step = stepOf(call, table);
  if (step) return stepped(call, table, { ...step, node } as Step);
  if (name === 'filter' && choosesColumns(call)) return { is: 'table', table };
  const made = columnsMade(call, table) ?? filledTable(call, table);
  if (made) return made;
  if (/^(groupby|groupBy|group_by)$/.test(name)) noteNames(table, call.argument('by', 0), node);
  if (name === 'set_index') {
    for (const id of namesOf(call.argument('keys', 0)) ?? []) table.reading?.ids.set(id, node);
    return { is: 'table', table };
  }
  if (name === 'apply' || name === 'progress_apply' || name === 'parallel_apply' || name === 'map')
    return applied(call, table);
  if (name === 'pipe' || name === 'transform') {
    const fn = call.argument('func', 0);
    return fn.is === 'function' ? callWith(fn, call, [{ is: 'table', table }]) : { is: 'table', table };
  }
  if (name === 'explode' && isSplit(call, table)) return { is: 'table', table };
  if (NONE.test(name)) return NOTHING;
  if (SAME.test(name) || name === 'drop' || name === 'select') return { is: 'table', table };
  // Whatever else it does: the steps before it count, and what it does is a question.
  return { is: 'table', table: after(table, { op: 'other', name, node }) };
}

/** A row for each piece of a text that was split: passages, as they are made here. */
function isSplit(call: TracedCall, table: Table): boolean {
  const name = textOfConstant(call.argument('column', 0));
  const made = name === undefined ? undefined : table.columns.get(name);
  return made?.is === 'cells' && made.expr.op === 'split';
}

/** A step is done on rows that are looked at too: only what is kept (assigned, chained) reaches an embedding. */
function stepped(call: TracedCall, table: Table, step: Step): Traced {
  if (constantOf(call.argument('inplace')) === true) {
    table.steps.push(step);
    return NOTHING;
  }
  return { is: 'table', table: after(table, step) };
}

function stepOf(call: TracedCall, table: Table): StepBody | undefined {
  const { name } = call;
  if (name === 'head' || name === 'limit' || name === 'take' || name === 'tail') return firstRows(call);
  if (name === 'sample') return sampled(call);
  if (name === 'dropna' || name === 'drop_nulls')
    return { op: 'drop_nulls', columns: subset(call, table, 'how') };
  if (name === 'drop_duplicates' || name === 'dropDuplicates' || name === 'unique' || name === 'distinct')
    return { op: 'dedupe', columns: subset(call, table, ''), keep: kept(call) };
  if (name === 'drop' && dropsRows(call, table))
    return { op: 'filter', condition: { op: 'other', node: call.node } };
  if (name === 'query') return { op: 'filter', condition: conditionOfQuery(call, table) };
  if (name === 'filter' || name === 'where') return filtered(call, table);
  if (name === 'select' && /^(datasets|range)/.test(table.reading?.path ?? '')) return firstOfRange(call);
  return undefined;
}

/** `df.drop(index)` leaves rows out; `columns=`, `axis=1`, and Spark's and polars' `drop` leave columns out. */
function dropsRows({ named, argument }: TracedCall, { reading }: Table): boolean {
  if (named.has('index')) return true;
  if (named.has('columns') || /^(pyspark\.sql|polars|cudf\.polars)\b/.test(reading?.path ?? '')) return false;
  const axis = constantOf(argument('axis', 1));
  return axis !== 1 && axis !== 'columns';
}

/** `dataset.select(range(100))`. */
function firstOfRange(call: TracedCall): StepBody | undefined {
  const [first] = call.positional;
  const rows = first && /^range\((\d+)\)$/.exec(textOf(first))?.[1];
  return rows
    ? { op: 'sample', how: 'first', rows: Number(rows), share: undefined, seed: undefined }
    : undefined;
}

function firstRows(call: TracedCall): StepBody {
  const rows = numberOfConstant(call.argument('n', 0)) ?? (call.positional.length === 0 ? 5 : undefined);
  return {
    op: 'sample',
    how: call.name === 'tail' ? 'last' : 'first',
    rows,
    share: undefined,
    seed: undefined,
  };
}

/** `df.groupby("a").head(1)`: the first of each group, which is a part of the question that the groups are. */
function isOfGroups(name: string, { steps }: Table): boolean {
  const last = steps.at(-1);
  return last?.op === 'other' && /^group_?by$/i.test(last.name) && /^(head|tail|sample|limit)$/.test(name);
}

/** `sample(frac=1)` only changes the order. */
export function isWhole({ argument }: TracedCall): boolean {
  return [argument('frac'), argument('fraction')].some((share) => constantOf(share) === 1);
}

function sampled(call: TracedCall): StepBody {
  const share = call.argument('frac').is === 'constant' ? call.argument('frac') : call.argument('fraction');
  const first = numberOfConstant(call.argument('n', 0));
  const fraction = numberOfConstant(share) ?? (first !== undefined && first < 1 ? first : undefined);
  const seed = ['random_state', 'seed']
    .map((name) => numberOfConstant(call.argument(name)))
    .find((one) => one !== undefined);
  return {
    op: 'sample',
    how: 'random',
    rows: fraction === undefined ? first : undefined,
    share: fraction,
    seed,
  };
}

/** The columns that a method looks at; undefined: all, or not those that are named by a literal. */
function subset(call: TracedCall, table: Table, refuse: string): Expr[] | undefined {
  if (refuse !== '' && textOfConstant(call.argument(refuse)) === 'all') return undefined;
  if (call.named.has('thresh') || call.named.has('axis')) return undefined;
  const names = namesOf(call.named.has('subset') ? call.argument('subset') : call.argument('subset', 0));
  // Columns that are named by something computed: some, and not known which.
  if (!names && call.named.has('subset')) return [{ op: 'other', node: call.node, of: [] }];
  return names?.map((name) => {
    const column = columnOf(table, name, call.node);
    return column.is === 'cells' ? column.expr : { op: 'other', node: call.node, of: [] };
  });
}

function kept(call: TracedCall): 'first' | 'last' | 'other' {
  const keep = constantOf(call.argument('keep'));
  return keep === 'last' ? 'last' : keep === undefined || keep === 'first' ? 'first' : 'other';
}

/** pandas' `filter(items=[...])`, `filter(like="x")`, `filter(regex="x")`. */
function choosesColumns(call: TracedCall): boolean {
  if (call.argument('items', 0).is === 'list') return true;
  const byName = ['items', 'like', 'regex'].some((option) => call.named.has(option));
  const axis = constantOf(call.argument('axis'));
  return byName && axis !== 0 && axis !== 'index';
}

/** `df.filter(pl.col("a") == 1)`, Spark's `where("a = 1")`, a function of a dataset; pandas' `filter(items=...)` is none. */
function filtered(call: TracedCall, table: Table): StepBody | undefined {
  const value = call.argument('condition', 0);
  const [first] = call.positional;
  if (!first) return undefined;
  if (value.is === 'mask')
    return { op: 'filter', condition: resolvedCondition(value.condition, table, call.node) };
  if (value.is === 'function') {
    const result = callWith(value, call, [{ is: 'row', table }]);
    return {
      op: 'filter',
      condition: result.is === 'mask' ? result.condition : { op: 'other', node: first },
    };
  }
  if (textOfConstant(value) !== undefined && /^pyspark|^duckdb/.test(table.reading?.path ?? ''))
    return { op: 'filter', condition: conditionOfQuery(call, table) };
  return value.is === 'list' ? undefined : { op: 'filter', condition: { op: 'other', node: first } };
}

/** `df.apply(f, axis=1)` gives a value for each row; of a dataset, rows with the columns that `f` gives. */
function applied(call: TracedCall, table: Table): Traced {
  const fn = call.argument('func', 0);
  const ofDataset = /^datasets\./.test(table.reading?.path ?? '');
  if (fn.is !== 'function') return ofDataset ? { is: 'table', table } : NOTHING;
  const axis = constantOf(call.argument('axis', 1));
  if (!ofDataset && axis !== 1 && axis !== 'columns' && call.name !== 'map')
    return { is: 'table', table: after(table, { op: 'other', name: call.name, node: call.node }) };
  const working = after(table);
  const result = callWith(fn, call, [{ is: 'row', table: working }]);
  if (!ofDataset) return result.is === 'cells' ? { ...result, many: true } : result;
  if (result.is === 'dict') for (const [name, value] of result.entries) working.columns.set(name, value);
  return { is: 'table', table: working };
}
